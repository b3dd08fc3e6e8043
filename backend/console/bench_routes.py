"""The addresses under /console/bench."""

from litestar import Router

from backend.console import (
    bench,
    bench_import,
    bench_instruments,
    bench_looks,
    bench_reception,
    bench_runs,
    bench_sample,
    bench_samples,
    bench_slip,
    bench_strips,
    bench_to_sign,
)

router = Router(
    path="/console/bench",
    route_handlers=[
        *bench.HANDLERS,
        *bench_import.HANDLERS,
        *bench_reception.HANDLERS,
        *bench_slip.HANDLERS,
        *bench_samples.HANDLERS,
        *bench_sample.HANDLERS,
        *bench_instruments.HANDLERS,
        *bench_runs.HANDLERS,
        *bench_looks.HANDLERS,
        *bench_strips.HANDLERS,
        *bench_to_sign.HANDLERS,
    ],
)
