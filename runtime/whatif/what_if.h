// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/import/model.h>
#include <core/inputs/sample_set.h>
#include <core/quantization/encoding_set.h>
#include <runtime/quantization/evaluate.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace nordlys::runtime {

struct WhatIfOptions {
    int threads = 1; ///< several samples: that many at a time; one sample: its steps use them all. The results do not depend on it
    std::size_t maxSamples = 0; ///< use only the first ones; 0: all
    /// For the values that are kept between edits, of all samples together. What does not fit is computed again from the nearest kept values; while an edit
    /// runs, its working memory (as much as running the model takes, per thread) comes on top.
    std::uint64_t memoryBytes = std::uint64_t(1) << 30;
    std::optional<core::LabelSet> labels; ///< for accuracy
    std::int64_t labelOffset = 0;
};

/// One tensor's metrics after an edit, over all samples in use.
struct WhatIfTensor {
    std::size_t index = 0; ///< place in Evaluation::tensors
    TensorError error;
};
using WhatIfObserver = std::function<void(const WhatIfTensor &)>;

struct WhatIfResult {
    Evaluation evaluation; ///< to the last bit what evaluateQuantized gives for QuantSim over the samples used (elapsedNs is this edit's time)
    std::size_t samplesUsed = 0, samplesAsked = 0;
    /// Fewer samples were used than asked: views say "estimate", with samplesUsed.
    bool isEstimate = false;
    /// Steps of the QuantSim plan that ran for this edit, and how many a full evaluation runs; over all samples.
    std::size_t stepsRun = 0, stepsTotal = 0;
    std::size_t exactStepsRun = 0; ///< steps of the float plan: the first time, where memory is short, and where fusions changed
    std::uint64_t keptBytes = 0;   ///< values that are kept now, inputs included
    /// False: the model has steps that are only bound while running (control flow, sizes that depend on data); each edit is a full evaluation.
    bool isIncremental = true;
};

/// What an edit of the encodings does to every metric, with only the affected steps run again. Activations of the samples in use (float32 exact and quantsim)
/// are kept by what they were computed from: after an edit, those steps run whose kernels, weights, encodings or inputs are not the same any more, and
/// metrics are taken again where one of both values changed. An edit that changes which tensors have encodings plans anew and still finds every value
/// that is computed as before. One call at a time.
class WhatIf {
public:
    /// Reads nothing yet: samples are loaded and computed by the first evaluate(). BadInput when there are no samples.
    static core::Expected<std::unique_ptr<WhatIf>> create(std::shared_ptr<const core::Model> model, core::SampleSet samples, WhatIfOptions options = {});
    ~WhatIf();
    WhatIf(const WhatIf &) = delete;
    WhatIf &operator=(const WhatIf &) = delete;

    /// Metrics with these encodings. `observer` is called on the calling thread for each tensor whose metrics were taken again, as soon as they are complete for
    /// all samples, in no fixed order. An error (BadInput where an encoding does not fit, Interrupted after a stop request) leaves the engine usable: the
    /// next call does what is still to do.
    core::Expected<WhatIfResult> evaluate(const core::EncodingSet &encodings, const WhatIfObserver &observer = {}, const core::JobContext &job = {});

private:
    class Engine;
    explicit WhatIf(std::unique_ptr<Engine> engine);
    std::unique_ptr<Engine> m_engine;
};

} // namespace nordlys::runtime
