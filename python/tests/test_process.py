"""What a long program needs: no leaks, and threads at once."""
import gc
import sys
import threading
import time
import tracemalloc

import numpy as np

import actkernels as act


def everything(x, out):
    act.sigmoid(x)
    act.sigmoid(x, out=out)
    act.sigmoid(x[::2])
    act.leaky_relu(x, 0.1)
    act.silu(x)
    act.gelu(x, approximate="tanh")
    act.grad.swiglu(x, x, x)
    act.softmax(x.reshape(10, -1), axis=0)
    act.softmax(x.reshape(10, -1), axis=None)
    act.logsumexp(x.reshape(10, -1), axis=0, keepdims=True)
    act.softmax_masked(x, x > 0)
    act.backends()
    act.set_backend(act.backend())
    for call in (lambda: act.silu(x, beta=np.inf), lambda: act.set_backend("none"), lambda: act.sigmoid("x"),
                 lambda: act.softmax(x, axis=7)):
        try:
            call()
        except (ValueError, TypeError):
            pass


def test_no_leak():
    x, out = np.ones(2000, np.float32), np.ones(2000, np.float32)
    for _ in range(20):
        everything(x, out)
    gc.collect()
    references = sys.getrefcount(x), sys.getrefcount(out), sys.getrefcount(act.sigmoid)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(300):
        everything(x, out)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert (sys.getrefcount(x), sys.getrefcount(out), sys.getrefcount(act.sigmoid)) == references
    assert grown < 20000, f"{grown} bytes in 300 rounds"


def test_threads():
    x = (np.random.default_rng(1).standard_normal((64, 1000)) * 4).astype(np.float32)
    expected = act.silu(x, 2).tobytes(), act.softmax(x, axis=0).tobytes()
    wrong = []

    def work():
        for _ in range(30):
            if (act.silu(x, 2).tobytes(), act.softmax(x, axis=0).tobytes()) != expected:
                wrong.append("bits")
            try:
                act.silu(x, np.inf)
                wrong.append("no error")
            except ValueError:
                pass

    threads = [threading.Thread(target=work) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


def test_the_gil_is_released():
    """Another thread runs Python while a call of some time is in the kernel."""
    x = np.ones(20_000_000, np.float64)
    out = np.empty_like(x)
    ticks = []
    stop = threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    start = time.perf_counter()
    for _ in range(3):
        act.gelu(x, out=out)
    end = time.perf_counter()
    stop.set()
    thread.join()
    within = [t for t in ticks if start < t < end]
    # With the GIL held, there would be one tick or two between the calls.
    assert len(within) > 10, f"{len(within)} ticks in {end - start:.3f} s"
