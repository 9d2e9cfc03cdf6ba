// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <onnx/onnx_pb.h>

#include <random>

namespace nordlys::fuzz {

/// Makes one change to one graph of the model (a subgraph or function as well): wires a node otherwise, changes its operator, an attribute, a
/// dimension, a type, a constant, the opset; removes or repeats something.
void changeModel(onnx::ModelProto &model, std::minstd_rand &random);

/// Adds nodes of another model to this one, fed with tensors of either.
void joinModels(onnx::ModelProto &model, const onnx::ModelProto &other, std::minstd_rand &random);

} // namespace nordlys::fuzz
