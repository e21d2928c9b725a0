"""The evals: does the hub do what it is asked? Cases are run one by one, each in a fresh hub, and scored strictly."""
