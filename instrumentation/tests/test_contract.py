"""The package has the contract's metrics; a test of the catalogue holds contract.json equal to it."""

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

from agentpay_observability import metrics
from agentpay_observability.contract import DEFINITIONS

CLASSES = {"counter": Counter, "gauge": Gauge, "histogram": Histogram}


def test_every_metric_of_the_contract_is_there_and_no_other() -> None:
    made = [metric for metric in vars(metrics).values() if isinstance(metric, MetricWrapperBase)]
    definitions = [metrics.definition_of(metric) for metric in made]
    assert sorted(definition.name for definition in definitions) == sorted(DEFINITIONS)
    for metric, definition in zip(made, definitions, strict=True):
        assert type(metric) is CLASSES[definition.type]
        assert list(metric._labelnames) == list(definition.labels)


def test_known_label_sets_are_there_before_the_first_event() -> None:
    samples = [sample for family in metrics.checkouts.collect() for sample in family.samples]
    found = {sample.labels["status"]: sample.value for sample in samples if sample.name.endswith("_total")}
    assert found == {"completed": 0, "failed": 0}
