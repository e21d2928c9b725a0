"""Bundles the visual pages when the package is built or installed, also for an editable install (`uv run`, `pip install -e`).

Where that fails (no network, no Node), the install goes on: the pages say what is missing and work without it.
"""

import importlib.util
import platform
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: Machines for which PyPI has Node.
WITH_NODE = {"x86_64", "amd64", "aarch64", "arm64"}


class PagesHook(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node from PyPI, only where it is needed and to be had."""
        building = _building(Path(self.root))
        if building.is_current() or building.find_node() or platform.machine().lower() not in WITH_NODE:
            return []
        return [f"{building.NODE_PACKAGE}>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        building = _building(Path(self.root))
        if building.is_current():
            return
        try:
            building.build(self.app.display_info)
        except Exception as error:  # whatever it is: the hub works without these pages' pictures
            self.app.display_warning(
                f"{error} The pages work without their pictures; to build them: marketing-hub build-pages"
            )


def _building(root: Path) -> ModuleType:
    """ui/bundle/building.py, by its path: the hub cannot be imported while it is built."""
    name = "hub_pages_building"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, root / "ui" / "bundle" / "building.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]
