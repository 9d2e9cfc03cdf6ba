// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/import/model.h>
#include <core/inputs/sample_set.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace nordlys::runtime {

struct EqualizeOptions {
    /// Clip from 0 to a finite limit (ReLU6) between two layers becomes Relu, as Nagel et al. do before they equalize. The float function changes where
    /// values reached the limit. False: such pairs are left alone and named.
    bool replaceClip = false;
    /// High-bias absorption behind equalization. It changes the float function for the few values below mean - 3 deviations.
    bool absorbBias = false;
    /// For absorption where no BatchNormalization states mean and deviation of a layer: measured over these. May be null.
    const core::SampleSet *samples = nullptr;
    int threads = 1;
};

/// Two layers that were balanced against each other.
struct EqualizedPair {
    std::string first, second;
    double minScale = 1, maxScale = 1;        ///< of the channels
    double spreadBefore = 1, spreadAfter = 1; ///< largest over smallest channel range of the first layer (channels of zeros left out)
    std::size_t absorbedChannels = 0;
};
struct LeftAlone {
    std::string name, why;
};
struct EqualizeReport {
    std::vector<EqualizedPair> pairs;
    std::vector<std::string> folded;   ///< BatchNormalization nodes that are in the weights now
    std::vector<std::string> replaced; ///< Clip nodes that became Relu
    std::vector<LeftAlone> leftAlone;  ///< layers without a partner behind them
    std::size_t sweeps = 0;            ///< over all pairs, until no scale moved
    std::string absorbedFrom;          ///< "batch normalization", "samples", both; empty: nothing absorbed
};

/// Cross-layer equalization: M. Nagel, M. van Baalen, T. Blankevoort, M. Welling, "Data-Free Quantization Through Weight Equalization and Bias
/// Correction", ICCV 2019 (arXiv 1906.04721), section 4.1. For f(s x) = s f(x), s > 0, and layers W1, b1 and W2 with f between them,
///     W1 <- S^-1 W1,  b1 <- S^-1 b1,  W2 <- W2 S,   s_i = sqrt(r1_i r2_i) / r2_i                                                    (eq. 11)
/// with r1_i = max |row i of W1| and r2_i = max |column i of W2| makes both ranges sqrt(r1_i r2_i) and leaves the function as it is. All pairs of the
/// network, the two of conv - depthwise - conv among them, take turns until no scale moves. BatchNormalization is folded into the layer before it first.
/// Between two layers may stand Relu, LeakyRelu, PRelu, Identity, MaxPool, AveragePool, their global forms and Flatten behind them; nobody else may
/// read what lies between.
/// High-bias absorption (section 4.1.3): c_i = max(0, mean_i - 3 deviation_i) of what enters the Relu; b1 <- b1 - c, b2 <- b2 + W2 c. Only where the
/// second layer pads nothing: at a padded border the missing c would not come back.
///
/// Writes the new model to `target`; the source stays as it is. NotSupported where there is nothing to fold or to equalize (naming the Clip nodes that
/// were in the way), and for models that define functions.
core::Expected<EqualizeReport> equalizeModel(const std::shared_ptr<const core::Model> &model, const std::filesystem::path &target,
                                             const EqualizeOptions &options = {}, const core::JobContext &job = {});

} // namespace nordlys::runtime
