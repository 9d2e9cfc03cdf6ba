// SPDX-License-Identifier: Apache-2.0
#include "run_profile.h"

#include "stream.h"

namespace nordlys::core {

std::string nameOf(RunStatus status)
{
    switch (status) {
    case RunStatus::Running: return "running";
    case RunStatus::Finished: return "finished";
    case RunStatus::Interrupted: return "interrupted";
    case RunStatus::Failed: return "failed";
    }
    return "running";
}

namespace {

template <typename T>
void append(std::vector<T> &to, const std::vector<T> &from)
{
    to.insert(to.end(), from.begin(), from.end());
}

struct Adder {
    RunProfile &run;

    void operator()(const DeviceHello &hello) const { run.hello = hello; }
    void operator()(const RunStart &start) const { run.start = start; }
    void operator()(const LayerTimesBatch &batch) const
    {
        append(run.inferenceStartNs, batch.inferenceStartNs);
        append(run.inferenceDurationNs, batch.inferenceDurationNs);
        append(run.layerOffsetNs, batch.layerOffsetNs);
        append(run.layerDurationNs, batch.layerDurationNs);
        if (!batch.inferenceStartNs.empty())
            run.endNs = batch.inferenceStartNs.back() + batch.inferenceDurationNs.back();
    }
    void operator()(const CounterBatch &batch) const { append(run.counterSamples, batch); }
    void operator()(const LogLine &line) const { run.log.push_back(line); }
    void operator()(const DroppedEvents &dropped) const { run.dropped += dropped.count; }
    void operator()(const RunEnd &end) const
    {
        run.status = end.status;
        run.reason = end.reason;
        run.peakRssBytes = end.peakRssBytes;
        run.endNs = end.tNs;
    }
};

} // namespace

void addToRun(RunProfile &run, const StreamItem &item)
{
    std::visit(Adder{run}, item);
}

} // namespace nordlys::core
