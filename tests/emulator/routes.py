#!/usr/bin/env python3
"""Gives the emulated stack what MiniStack's CloudFormation leaves out: routes, expiry of items, hosts of issuers.

    routes.py --stack NAME --config FILE

It ignores an API's OpenAPI body, where SAM puts every route, and a table's TimeToLiveSpecification. Both are read from
the processed template here, so that a route that is missing there is missing here. Endpoint, region and credentials
come from the environment. May be run again after each deployment.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import re
import sys
import tomllib
import urllib.parse
from typing import Any

import boto3

Json = dict[str, Any]

FUNCTION = re.compile(r"\$\{(\w+)\.Arn\}/invocations")


def processed(stack: str) -> Json:
    """The template after SAM's transform."""
    body = boto3.client("cloudformation").get_template(StackName=stack, TemplateStage="Processed")["TemplateBody"]
    return dict(json.loads(body) if isinstance(body, str) else body)


def physical(stack: str) -> dict[str, str]:
    """`logical id -> physical id` of every resource."""
    pages = boto3.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    return {resource["LogicalResourceId"]: resource.get("PhysicalResourceId", "")
            for page in pages for resource in page["StackResourceSummaries"]}


def wanted(template: Json) -> dict[str, str]:
    """`ANY /login -> LoginFunction`, of the API's OpenAPI body."""
    found = {}
    for path, methods in template["Resources"]["Api"]["Properties"]["Body"]["paths"].items():
        for method, operation in methods.items():
            verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
            uri = operation["x-amazon-apigateway-integration"]["uri"]
            match = FUNCTION.search(uri["Fn::Sub"] if isinstance(uri, dict) else uri)
            if match is None:
                sys.exit(f"{verb} {path}: no function in {uri}")
            found[f"{verb} {path}"] = match[1]
    return found


def route(api: str, routes: dict[str, str], names: dict[str, str]) -> None:
    """Replaces the routes of the emulated API, and counts them."""
    gateway, functions = boto3.client("apigatewayv2"), boto3.client("lambda")
    for old in gateway.get_routes(ApiId=api)["Items"]:
        gateway.delete_route(ApiId=api, RouteId=old["RouteId"])
    for old in gateway.get_integrations(ApiId=api)["Items"]:
        gateway.delete_integration(ApiId=api, IntegrationId=old["IntegrationId"])
    targets = {}
    for function in sorted(set(routes.values())):
        arn = functions.get_function(FunctionName=names[function])["Configuration"]["FunctionArn"]
        targets[function] = gateway.create_integration(
            ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0")["IntegrationId"]
    for key, function in routes.items():
        gateway.create_route(ApiId=api, RouteKey=key, Target=f"integrations/{targets[function]}")
    made = {item["RouteKey"] for item in gateway.get_routes(ApiId=api)["Items"]}
    if made != set(routes):
        sys.exit(f"routes differ from the template: {made ^ set(routes)}")


def expire(template: Json, names: dict[str, str]) -> int:
    """Turns expiry on for each table whose template says so."""
    tables = {name: resource["Properties"]["TimeToLiveSpecification"]
              for name, resource in template["Resources"].items()
              if "TimeToLiveSpecification" in resource.get("Properties", {})}
    store = boto3.client("dynamodb")
    for name, wish in tables.items():
        now = store.describe_time_to_live(TableName=names[name])["TimeToLiveDescription"]
        if now.get("TimeToLiveStatus") not in ("ENABLED", "ENABLING"):
            store.update_time_to_live(TableName=names[name], TimeToLiveSpecification=wish)
    return len(tables)


def hosts(config: pathlib.Path, api: str) -> list[str]:
    """A custom domain for each issuer's host, as infra/domain.yaml would make it."""
    gateway = boto3.client("apigatewayv2")
    known = {item["DomainName"] for item in gateway.get_domain_names()["Items"]}
    tenants = tomllib.loads(config.read_text(encoding="utf-8"))["tenants"].values()
    names = [urllib.parse.urlsplit(tenant["issuer"]).hostname or "" for tenant in tenants]
    for name in names:
        if name not in known:
            gateway.create_domain_name(DomainName=name, DomainNameConfigurations=[
                {"CertificateArn": "arn:aws:acm:eu-central-1:000000000000:certificate/none", "EndpointType": "REGIONAL"}])
        for mapping in gateway.get_api_mappings(DomainName=name).get("Items", []):
            gateway.delete_api_mapping(DomainName=name, ApiMappingId=mapping["ApiMappingId"])
        gateway.create_api_mapping(DomainName=name, ApiId=api, Stage="$default")
    return names


def main() -> None:
    """Reads the command line; says what was made."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stack", required=True)
    parser.add_argument("--config", type=pathlib.Path, required=True)
    given = parser.parse_args()
    template, names = processed(given.stack), physical(given.stack)
    routes = wanted(template)
    route(names["Api"], routes, names)
    expiring = expire(template, names)
    served = hosts(given.config, names["Api"])
    print(f"emulator: {len(routes)} routes, {expiring} expiring tables, hosts {', '.join(served)}")


if __name__ == "__main__":
    main()
