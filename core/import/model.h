// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/graph/graph.h>
#include <core/graph/shape_inference.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace nordlys::core {

struct OpsetImport {
    std::string domain;
    int version = 0;
};

/// An operator that cannot run here.
struct UnsupportedOp {
    std::string op, domain;
    int count = 0;
    std::string reason;
};

/// A model as opened: the graph with inferred shapes and what the file says of itself. Immutable once published (shared_ptr<const Model>).
struct Model {
    std::filesystem::path path;
    std::string format = "onnx";
    std::vector<OpsetImport> opsets;
    std::int64_t irVersion = 0;
    std::string producer; ///< "name version"
    Graph graph;          ///< shapes inferred with the bindings given to openModel
    std::int64_t fileNodeCount = 0;           ///< nodes of the top graph in the file; Constant nodes became constants of `graph`
    std::map<std::string, std::int64_t> fileOps; ///< how often the file's top graph uses each operator ("Conv", "com.microsoft.FusedConv")
    std::vector<std::filesystem::path> externalFiles; ///< files with weights beside the model
    std::vector<UnsupportedOp> unsupported;
    std::vector<std::string> notes;   ///< what the checker and schemas say; they inform, never refuse
    std::vector<InferenceFinding> findings;
    DimBindings bindings;             ///< as given to openModel

    [[nodiscard]] int opsetOf(std::string_view domain) const; ///< 0 when not imported
};

struct OpenOptions {
    DimBindings bindings{.named = {}, .fallback = 1, .inputShapes = {}};
};

/// Opens a model file. The weights stay in the mapped file. BadInput: missing, truncated, garbage, cyclic, duplicate names, weights shorter
/// than their shape, external data outside the folder or past its file's end. NotSupported (naming the format): a file that is no ONNX but
/// is recognised as TFLite, TensorFlow, Caffe, TorchScript, or an ONNX feature that cannot be read.
Expected<std::shared_ptr<const Model>> openModel(const std::filesystem::path &path, const OpenOptions &options = {}, const JobContext &job = {});

/// SHA-256 over the model file and its external data files, in the order of `externalFiles`: the hash of the concatenation.
Expected<std::string> modelSha256(const Model &model, const JobContext &job = {});

} // namespace nordlys::core
