"""`python -m ui.evals FILE`: the same as `marketing-hub eval FILE`."""

import typer

from ui.evals.command import eval_command

if __name__ == "__main__":
    typer.run(eval_command)
