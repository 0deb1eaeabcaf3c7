"""Writes the template that is deployed: the one in the repository, with each function's code where it was built.

    built_template.py TEMPLATE FUNCTIONS OUT

FUNCTIONS holds a folder for each binary, with `bootstrap` in it. This is what `sam build` writes after compiling each
function by itself; here they were compiled together.
"""

from __future__ import annotations

import pathlib
import sys

from samcli.yamlhelper import yaml_dump, yaml_parse


def main(template: pathlib.Path, functions: pathlib.Path, out: pathlib.Path) -> None:
    """Reads, replaces, writes."""
    document = yaml_parse(template.read_text(encoding="utf-8"))
    for name, resource in document["Resources"].items():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        folder = functions.resolve() / resource.pop("Metadata")["BuildProperties"]["Binary"]
        if not (folder / "bootstrap").is_file():
            sys.exit(f"{name}: {folder}/bootstrap was not built")
        resource["Properties"]["CodeUri"] = str(folder)
    out.write_text(yaml_dump(document), encoding="utf-8")


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:4]))
