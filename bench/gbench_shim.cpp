/* The C interface of gbench_shim.h over Google Benchmark (1.7 and later). */
#include "gbench_shim.h"

#include <benchmark/benchmark.h>
#include <vector>

struct gb_state {
    benchmark::State &state;
    const std::vector<int64_t> &args;
    bool started;
    bool running;
};

void gb_register(const char *name, gb_function *function, const void *user, const int64_t *args,
                 size_t nargs, unsigned flags) noexcept {
    const std::vector<int64_t> copy(args, args + nargs);
    auto *registered =
        benchmark::RegisterBenchmark(name, [function, user, copy](benchmark::State &state) {
            gb_state wrapped = {state, copy, false, false};
            function(&wrapped, user);
            gb_stop(&wrapped);
            // Google Benchmark aborts the whole run over a function that returns without one.
            if (!wrapped.started) {
                gb_skip(&wrapped, "the benchmark did not start its loop");
            }
        });
    if ((flags & GB_MANUAL_TIME) != 0) {
        registered->UseManualTime();
    }
}

void gb_context(const char *key, const char *value) noexcept {
    benchmark::AddCustomContext(key, value);
}

bool gb_initialize(int *argc, char **argv) noexcept {
    benchmark::Initialize(argc, argv);
    return !benchmark::ReportUnrecognizedArguments(*argc, argv);
}

size_t gb_run() noexcept { return benchmark::RunSpecifiedBenchmarks(); }

void gb_shutdown() noexcept { benchmark::Shutdown(); }

int64_t gb_arg(const gb_state *state, size_t i) noexcept {
    return i < state->args.size() ? state->args[i] : 0;
}

uint64_t gb_start(gb_state *state) noexcept {
    // One batch of all iterations: the first call starts the clock, the next one stops it.
    const auto iterations = state->state.max_iterations;
    state->started = true;
    state->running = state->state.KeepRunningBatch(iterations);
    return state->running ? static_cast<uint64_t>(iterations) : 0;
}

void gb_stop(gb_state *state) noexcept {
    if (state->running) {
        state->running = state->state.KeepRunningBatch(1);
    }
}

uint64_t gb_iterations(const gb_state *state) noexcept {
    return static_cast<uint64_t>(state->state.iterations());
}

void gb_skip(gb_state *state, const char *message) noexcept {
    state->started = true;
    state->state.SkipWithError(message);
}

void gb_set_items(gb_state *state, uint64_t items) noexcept {
    state->state.SetItemsProcessed(static_cast<int64_t>(items));
}

void gb_set_bytes(gb_state *state, uint64_t bytes) noexcept {
    state->state.SetBytesProcessed(static_cast<int64_t>(bytes));
}

void gb_set_seconds(gb_state *state, double seconds) noexcept {
    state->state.SetIterationTime(seconds);
}

void gb_set_label(gb_state *state, const char *label) noexcept { state->state.SetLabel(label); }

void gb_set_counter(gb_state *state, const char *name, double value,
                    gb_counter_kind kind) noexcept {
    using benchmark::Counter;
    auto flags = Counter::kDefaults;
    if (kind != GB_VALUE) {
        flags = kind == GB_RATE ? Counter::kIsRate : Counter::kIsRate | Counter::kInvert;
    }
    state->state.counters[name] = Counter(value, flags);
}
