// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "what_if.h"

#include <core/project/change.h>

namespace nordlys::runtime {

/// Edits from a window, evaluated on a thread of their own; the newest one wins.
class WhatIfRunner {
public:
    /// Number of an edit: 1, 2 ...
    using EditId = std::uint64_t;
    /// Both are called on the runner's own thread, never two at a time and never after the runner is gone; they must return quickly and may call apply() and
    /// cancel(), but must not destroy the runner.
    struct Callbacks {
        /// Metrics of a tensor, as they are complete.
        std::function<void(EditId, const WhatIfTensor &)> tensor;
        /// Exactly once for every edit, in their order: its result, or the error that ended it; Interrupted when a newer edit or cancel() did.
        std::function<void(EditId, core::Expected<WhatIfResult>)> finished;
    };

    /// `first`: the encodings to which the first Change is applied. Nothing runs before the first edit.
    WhatIfRunner(std::unique_ptr<WhatIf> engine, core::EncodingSet first, Callbacks callbacks);
    /// Ends what runs and waits for it; edits that are not finished then get no call any more.
    ~WhatIfRunner();
    WhatIfRunner(const WhatIfRunner &) = delete;
    WhatIfRunner &operator=(const WhatIfRunner &) = delete;

    /// Evaluates with these encodings and ends an older edit that still runs. From any thread.
    EditId apply(core::EncodingSet encodings);
    /// The same for a Change of the encodings that were applied last; what it says of backends and build options does not matter here. BadInput changes nothing.
    core::Expected<EditId> apply(const core::Change &change);
    /// Ends the edit that runs and those that wait. The encodings stay the last ones applied. From any thread.
    void cancel();
    /// Waits until nothing runs and nothing waits. Not from a callback.
    void wait();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace nordlys::runtime
