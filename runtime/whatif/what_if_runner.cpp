// SPDX-License-Identifier: Apache-2.0
#include "what_if_runner.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace nordlys::runtime {

struct WhatIfRunner::State {
    std::unique_ptr<WhatIf> engine;
    Callbacks callbacks;
    std::mutex mutex;
    std::condition_variable changed;
    core::EditState edits;                       ///< what was applied last
    EditId lastId = 0;
    std::optional<std::pair<EditId, core::EncodingSet>> waiting;
    std::vector<EditId> superseded;              ///< ended before they began
    std::stop_source running;                    ///< of the edit that runs
    bool isBusy = false, ends = false;
    std::thread thread;

    /// With the mutex held.
    void drop()
    {
        if (waiting)
            superseded.push_back(waiting->first);
        waiting.reset();
        running.request_stop();
        changed.notify_all();
    }

    void finish(EditId id, core::Expected<WhatIfResult> result) const
    {
        if (callbacks.finished)
            callbacks.finished(id, std::move(result));
    }

    void loop()
    {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [this] { return ends || waiting || !superseded.empty(); });
            if (ends)
                return;
            isBusy = true;
            const std::vector<EditId> dropped = std::exchange(superseded, {});
            auto edit = std::exchange(waiting, std::nullopt);
            running = std::stop_source();
            core::JobContext job;
            job.stop = running.get_token();
            lock.unlock();
            for (const EditId id : dropped)
                finish(id, core::interrupted("the edit"));
            if (edit) {
                const EditId id = edit->first;
                const auto tensor = [&](const WhatIfTensor &metrics) {
                    if (callbacks.tensor && !job.stopRequested())
                        callbacks.tensor(id, metrics);
                };
                auto result = engine->evaluate(edit->second, tensor, job);
                if (job.stopRequested() && result)
                    result = core::interrupted("the edit");
                if (lock.lock(); ends)
                    return;
                lock.unlock();
                finish(id, std::move(result));
            }
            lock.lock();
            isBusy = false;
            changed.notify_all();
        }
    }
};

WhatIfRunner::WhatIfRunner(std::unique_ptr<WhatIf> engine, core::EncodingSet first, Callbacks callbacks) : m_state(std::make_unique<State>())
{
    m_state->engine = std::move(engine);
    m_state->callbacks = std::move(callbacks);
    m_state->edits.encodings = std::move(first);
    m_state->thread = std::thread([state = m_state.get()] { state->loop(); });
}

WhatIfRunner::~WhatIfRunner()
{
    {
        const std::lock_guard lock(m_state->mutex);
        m_state->ends = true;
        m_state->drop();
    }
    m_state->thread.join();
}

WhatIfRunner::EditId WhatIfRunner::apply(core::EncodingSet encodings)
{
    const std::lock_guard lock(m_state->mutex);
    m_state->drop();
    m_state->edits.encodings = encodings;
    m_state->waiting.emplace(++m_state->lastId, std::move(encodings));
    return m_state->lastId;
}

core::Expected<WhatIfRunner::EditId> WhatIfRunner::apply(const core::Change &change)
{
    const std::lock_guard lock(m_state->mutex);
    auto undo = core::applyChange(m_state->edits, change);
    NORDLYS_TRY(undo);
    m_state->drop();
    m_state->waiting.emplace(++m_state->lastId, m_state->edits.encodings);
    return m_state->lastId;
}

void WhatIfRunner::cancel()
{
    const std::lock_guard lock(m_state->mutex);
    m_state->drop();
}

void WhatIfRunner::wait()
{
    std::unique_lock lock(m_state->mutex);
    m_state->changed.wait(lock, [this] { return !m_state->isBusy && !m_state->waiting && m_state->superseded.empty(); });
}

} // namespace nordlys::runtime
