"""What MiniStack's CloudFormation refuses or misreads of template.yaml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]


def alarms() -> None:
    """Keeps an alarm with `Metrics` as one on a metric that nobody writes, where MiniStack fails the deployment.

    That an alarm goes off cannot be shown without an account; cfn-lint reads what is said here.
    """
    from ministack.services.cloudformation import provisioners

    before = provisioners._cw_metric_alarm_record

    def record(name: str, props: Json) -> Json:
        if not props.get("Metrics"):
            return before(name, props)
        plain = {key: value for key, value in props.items() if key != "Metrics"}
        return before(name, {**plain, "MetricName": "MetricMath", "Namespace": "NotEvaluated"})

    provisioners._cw_metric_alarm_record = record


def numbers() -> None:
    """Makes a number of a queue's `MaximumConcurrency`: a parameter arrives as text, and its poller cannot compare it."""
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]

    def counted(props: Json) -> Json:
        scaling = dict(props.get("ScalingConfig") or {})
        if "MaximumConcurrency" in scaling:
            scaling["MaximumConcurrency"] = int(scaling["MaximumConcurrency"])
        return {**props, "ScalingConfig": scaling} if scaling else props

    create: Callable[..., Any] = handlers["create"]
    update: Callable[..., Any] = handlers["update"]

    def created(logical_id: str, props: Json, stack: str) -> Any:
        return create(logical_id, counted(props), stack)

    def updated(physical_id: str, old: Json, new: Json, stack: str) -> Any:
        return update(physical_id, counted(old), counted(new), stack)

    provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"] = {
        **handlers, "create": created, "update": updated}


def teach() -> None:
    """Both."""
    alarms()
    numbers()
