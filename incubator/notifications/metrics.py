"""The reconciler's figures for Prometheus: read from where it keeps them, since it runs in another process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import REGISTRY, Collector

from incubator.notifications import health


class DeliveryCollector(Collector):
    """One query a scrape for the figures, one for the heartbeats."""

    def describe(self) -> Iterable[Metric]:
        return ()  # named when asked for: at start there may be no database yet

    def collect(self) -> Iterator[Metric]:
        figures, _taken_at = health.figures()
        for figure in figures:
            yield GaugeMetricFamily(f"incubator_delivery_{figure.name}", str(figure.label), value=figure.value)
        silent = GaugeMetricFamily("incubator_delivery_silent", "Nobody in this role was at work lately", labels=["role"])
        for role, _at, is_silent in health.pulses():
            silent.add_metric([role], float(is_silent))
        yield silent


def register() -> None:
    REGISTRY.register(DeliveryCollector())
