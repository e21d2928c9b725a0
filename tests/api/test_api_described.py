"""The API is what its description says: schemathesis makes requests from it, right ones and wrong ones, and looks for
faults (5xx), answers that are not described, wrong requests that are accepted, and routes that take no token."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from api_fixtures import ALL, PREFIX, House
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from agent import HubError
from tests.support.browser import served
from ui.api.app import Api
from ui.api.guard import Failures
from ui.api.tools import routes_of

CONFIG = Path(__file__).parent / "schemathesis.toml"
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")


def test_schemathesis_finds_nothing(fresh_house: House, tmp_path: Path) -> None:
    secret, _ = fresh_house.hub.access.tokens.create("schemathesis", ALL)
    # It tries wrong tokens by the hundred: what they are told after that is tested elsewhere.
    with served(Api(fresh_house.hub, failures=Failures(most=1_000_000))) as address:
        command = [
            *(str(SCHEMATHESIS), "--config-file", str(CONFIG), "run", f"{address}{PREFIX[1:]}/openapi.json"),
            *("-H", f"Authorization: Bearer {secret}", "--phases", "examples,coverage,fuzzing", "-n", "2"),
            *("--generation-deterministic", "--no-color", "--workers", "2", "--request-timeout", "60"),
            "--continue-on-failure",
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:]
    assert "passed" in done.stdout


def test_every_tool_is_described_with_its_answers_and_examples_that_fit(fresh_house: House) -> None:
    hub = fresh_house.hub
    described = Api(hub).description
    operations = {
        operation["operationId"]: (path, method, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }
    for tool in hub.tools.values():
        path, method, operation = operations[tool.name]
        assert (path, method) == (f"{PREFIX}{tool.path}", tool.method.lower())
        assert operation["summary"] == tool.summary
        good = {int(status) for status in operation["responses"] if status < "3"}
        assert len(good) == 1
        assert (good == {202}) == (tool.effect == "gated")
        assert {"401", "403", "404", "409", "422", "429"} <= set(operation["responses"])
        assert (f"{tool.name}_of_all" in operations) == (len(routes_of(tool)) == 2)
        for parameter in operation.get("parameters", ()):
            assert parameter["description"]
            _fits(parameter["example"], parameter["schema"])
        if "requestBody" in operation:
            content = operation["requestBody"]["content"]["application/json"]
            _fits(content["example"], content["schema"])


def test_the_examples_are_values_that_the_tools_can_read(fresh_house: House) -> None:
    """What an example names need not be there, and a tool may ask for more; but no example is a value of which the
    tool says that it is not right."""
    hub = fresh_house.fresh()
    for operation in Api(hub).operations:
        tool = hub.tools.get(operation.id)
        if tool is None or operation.example is None:
            continue
        in_path = {one["name"]: one["example"] for one in operation.parameters if one["in"] == "path"}
        try:
            hub.call_as(tool.name, {**in_path, **operation.example}, surface="http", exact=True)
        except HubError as error:
            said_of, given = getattr(error, "field", None), {**in_path, **operation.example}
            elsewhere = {argument.name for argument in tool.arguments if argument.noun or argument.name == "source"}
            wrong = said_of in given and said_of not in elsewhere and error.status == 422
            assert not wrong, f"{operation.id}: {error.sentence}"  # noqa: PT017


def test_schemas_are_schemas(fresh_house: House) -> None:
    for name, schema in Api(fresh_house.hub).description["components"]["schemas"].items():
        validator_for(schema, default=Draft202012Validator).check_schema(schema)
        assert name


def _fits(example: Any, schema: dict[str, Any]) -> None:
    Draft202012Validator(schema).validate(example)
