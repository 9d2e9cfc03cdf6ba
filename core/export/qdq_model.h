// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/import/model.h>
#include <core/quantization/encoding_dialect.h>
#include <core/quantization/encoding_set.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace nordlys::core {

struct QdqOptions {
    /// Weights stay float32, with QuantizeLinear and DequantizeLinear behind them; biases, for which QuantizeLinear has no type, are stored all the same.
    bool floatWeights = false;
    /// Conv, ConvTranspose and Gemm with encoded input and weight get their bias as int32 with the product of both scales, as integer kernels want it,
    /// also where the set says nothing of the bias.
    bool deriveBiases = true;
};

struct QdqReport {
    EncodingSet written;                 ///< what the new model says: scales rounded to float32, derived biases among them
    std::vector<EncodingLoss> lost;      ///< what it cannot say, tensor by tensor
    std::vector<std::string> notes;
    std::vector<std::string> folded;     ///< BatchNormalization nodes that are in the weights now
    std::vector<std::string> derived;    ///< biases that the set did not have
    std::size_t activations = 0, weights = 0, biases = 0;
    std::size_t roundedScales = 0;       ///< scales that float32 does not hold exactly
    int opsetBefore = 0, opset = 0;
};

/// A new model with QuantizeLinear and DequantizeLinear around every value that has an encoding; the source file stays as it is. Names follow
/// core/quantization/qdq_encodings.h, which reads `written` back from it. Graph inputs and outputs keep their names. Computed in float32 it gives what quantsim
/// gives for the source model with `written`.
///  - Weights and biases are stored as codes behind a DequantizeLinear. Encodings of weights are those of weights into which the BatchNormalization behind
///    them is folded (so plans and calibration see them), so it is folded here too; where it cannot be, the weight stays float and the list says so.
///  - Symmetric grids are signed; others unsigned. Per tensor from opset 10 on, per channel from 13, blocks, 4 and 16 bits from 21: the opset is raised where
///    it must be (ModelRewrite::raiseOpset).
///  - An encoding whose tensor is not in the top graph (bodies of control flow keep their values as they are), is no float32, or that lossesIn() omits
///    is left out and listed.
/// BadInput for encodings that checkEncoding refuses or that do not fit their tensor; NotSupported for a model that quantizes already (naming the node), where the opset
/// cannot be raised, where nothing is left to write, and as ModelRewrite says.
Expected<QdqReport> writeQdqModel(const Model &model, const EncodingSet &set, const std::filesystem::path &target, const QdqOptions &options = {},
                                  const JobContext &job = {});

} // namespace nordlys::core
