"""Pages laid out without Gradio's work at the end of each are what Gradio would have made of them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import gradio as gr
import pytest
from gradio.context import Context

from ui.web.app import laying_out


def made(way: Callable[[gr.Blocks], AbstractContextManager[Any]]) -> dict[str, Any]:
    """Two pages, with fields that Gradio puts together in a form, and what happens when they are loaded."""
    blocks = gr.Blocks()
    with way(blocks):
        gr.Textbox(label="Name")
        first = gr.Number(label="Amount")
        blocks.load(lambda: 1, outputs=first)
    with way(blocks.route("Second", "second")):
        gr.Textbox(value=lambda: "now", label="When")
        with gr.Row():
            gr.Button("Save")
    with blocks:
        pass
    config: dict[str, Any] = blocks.get_config_file()
    return config


def test_the_pages_are_those_of_gradio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Context, "id", 0)  # components are numbered from here on
    gradios = made(lambda blocks: blocks)
    monkeypatch.setattr(Context, "id", 0)
    ours = made(laying_out)
    assert [page[0] for page in ours["pages"]] == ["", "second"]
    assert ours["page"] == gradios["page"]
    assert [(one["type"], one["id"]) for one in ours["components"]] == [
        (one["type"], one["id"]) for one in gradios["components"]
    ]
    assert "form" in {one["type"] for one in ours["components"]}
    kept = ("id", "targets", "outputs", "inputs", "trigger")
    assert [{name: one.get(name) for name in kept} for one in ours["dependencies"]] == [
        {name: one.get(name) for name in kept} for one in gradios["dependencies"]
    ]


def test_a_page_that_fails_fails_the_site() -> None:
    with pytest.raises(ZeroDivisionError), laying_out(gr.Blocks()):
        print(1 / 0)
    with gr.Blocks():  # Gradio knows of no page that is still open
        pass
