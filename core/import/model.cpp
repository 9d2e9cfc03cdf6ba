// SPDX-License-Identifier: Apache-2.0
#include "model.h"

#include "foreign_format.h"
#include "onnx_checks.h"
#include "onnx_functions.h"
#include "onnx_graph.h"
#include "onnx_scan.h"

#include <core/base/mapped_file.h>
#include <core/base/sha256.h>
#include <core/graph/op_spec.h>

#include <google/protobuf/arena.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>

namespace nordlys::core {

namespace {

constexpr std::size_t kMaxParsedBytes = std::numeric_limits<int>::max();
constexpr int kNewestKnownOpset = 24; // of ai.onnx

/// Puts the file in front: `model.onnx: node "x" (Conv) reads ...`; a reason with a subject of its own gets a colon:
/// `model.onnx: initializer "w": its external data ...`.
Error inFile(const std::filesystem::path &path, Error error)
{
    const bool hasSubject = std::ranges::any_of(std::array{"its ", "it ", "the ", "a "},
                                                [&](const char *word) { return error.why.starts_with(word); });
    if (!error.what.empty())
        error.why = error.what + (hasSubject ? ": " : " ") + error.why;
    error.what = path.string();
    return error;
}

/// Silences the parser's own log lines: the error says the same to the one who asked.
class QuietProtobuf {
public:
    QuietProtobuf() = default;
    QuietProtobuf(const QuietProtobuf &) = delete;
    QuietProtobuf &operator=(const QuietProtobuf &) = delete;

private:
    google::protobuf::LogSilencer m_silencer;
};

void readOpsets(const onnx::ModelProto &proto, Model &model, OpsetMap &opsets)
{
    for (const onnx::OperatorSetIdProto &opset : proto.opset_import()) {
        const std::string domain = normalizedDomain(opset.domain());
        const int version = static_cast<int>(std::clamp<std::int64_t>(opset.version(), 0, std::numeric_limits<int>::max()));
        if (!opsets.emplace(domain, version).second)
            continue;
        model.opsets.push_back({domain, version});
    }
    if (const auto standard = opsets.find(""); standard != opsets.end()) {
        if (standard->second > kNewestKnownOpset)
            model.notes.push_back("the file imports opset " + std::to_string(standard->second) + " of ai.onnx; its operators are read as those of "
                                  + std::to_string(kNewestKnownOpset) + ", the newest that is known");
        return;
    }
    // Files older than IR 3 have no list; there every operator has its first version.
    const int assumed = proto.ir_version() < 3 ? 1 : kNewestKnownOpset;
    if (proto.ir_version() >= 3)
        model.notes.push_back("the file imports no opset of ai.onnx; " + std::to_string(assumed) + " is assumed");
    opsets.emplace("", assumed);
    model.opsets.push_back({"", assumed});
}

void countUnsupported(const Graph &graph, std::map<std::pair<std::string, std::string>, UnsupportedOp> &found)
{
    for (const Node &node : graph.nodes) {
        for (const Attribute &attribute : node.attributes) {
            if (const auto *subgraph = std::get_if<std::shared_ptr<const Graph>>(&attribute.value); subgraph && *subgraph)
                countUnsupported(**subgraph, found);
        }
        if (findOpSpec(graph, node))
            continue;
        const std::string domain(graph.names.text(node.domain));
        const std::string op(graph.names.text(node.opType));
        UnsupportedOp &entry = found[{domain, op}];
        if (entry.count++ == 0) {
            entry.op = op;
            entry.domain = domain;
            entry.reason = domain.empty() ? "no rule for this operator at opset " + std::to_string(node.opset)
                                          : "no rules for domain " + domain;
        }
    }
}

Expected<std::shared_ptr<const Model>> openOnnx(const std::filesystem::path &path, const OpenOptions &options, const JobContext &job)
{
    if (std::optional<Error> foreign = recogniseForeignFolder(path))
        return *std::move(foreign);
    Expected<std::shared_ptr<const MappedFile>> file = MappedFile::open(path);
    if (!file)
        return std::move(file.error());
    if ((*file)->bytes().empty())
        return badInput(path.string(), "is empty", "Copy the file again.");
    if (std::optional<Error> foreign = recogniseForeignFormat(path, (*file)->bytes()))
        return *std::move(foreign);
    job.report(0, 4, "scan");
    Expected<OnnxScan> scan = scanOnnx((*file)->bytes());
    if (!scan)
        return inFile(path, std::move(scan.error()));
    if (job.stopRequested())
        return interrupted(path.string());
    if (scan->reduced.size() > kMaxParsedBytes)
        return notSupported(path.string(), "holds more than 2 GB besides its large weights");

    job.report(1, 4, "parse");
    google::protobuf::Arena arena;
    auto *proto = google::protobuf::Arena::CreateMessage<onnx::ModelProto>(&arena);
    {
        const QuietProtobuf quiet;
        if (!proto->ParsePartialFromArray(scan->reduced.data(), static_cast<int>(scan->reduced.size())))
            return badInput(path.string(), "cannot be parsed as ONNX", "The file is damaged or nests too deeply.");
    }
    scan->reduced = {};
    if (job.stopRequested())
        return interrupted(path.string());

    auto model = std::make_shared<Model>();
    model->path = path;
    model->irVersion = proto->ir_version();
    model->producer = proto->producer_name();
    if (!proto->producer_version().empty())
        model->producer += (model->producer.empty() ? "" : " ") + proto->producer_version();
    model->bindings = options.bindings;
    OpsetMap opsets;
    readOpsets(*proto, *model, opsets);
    model->fileNodeCount = proto->graph().node_size();
    for (const onnx::NodeProto &node : proto->graph().node())
        ++model->fileOps[normalizedDomain(node.domain()).empty() ? node.op_type() : node.domain() + "." + node.op_type()];
    const std::vector<std::string> checked = checkOnnx(*proto);

    job.report(2, 4, "graph");
    FunctionOpsets functionOpsets;
    if (auto inlined = inlineFunctions(*proto, opsets, functionOpsets, job.stop); !inlined)
        return inFile(path, std::move(inlined.error()));
    OnnxWeights weights(*file, std::move(scan->ranges));
    OnnxGraphContext context{weights, opsets, functionOpsets, job.stop, {}};
    Expected<Graph> graph = buildOnnxGraph(proto->graph(), context);
    if (!graph)
        return inFile(path, std::move(graph.error()));
    model->graph = *std::move(graph);
    model->externalFiles = weights.externalFiles();
    model->notes.insert(model->notes.end(), context.notes.begin(), context.notes.end());
    model->notes.insert(model->notes.end(), checked.begin(), checked.end());
    if (job.stopRequested())
        return interrupted(path.string());

    job.report(3, 4, "shapes");
    Expected<std::vector<InferenceFinding>> findings = inferShapes(model->graph, options.bindings);
    if (!findings)
        return inFile(path, std::move(findings.error()));
    model->findings = *std::move(findings);
    std::map<std::pair<std::string, std::string>, UnsupportedOp> unsupported;
    countUnsupported(model->graph, unsupported);
    for (auto &[key, entry] : unsupported)
        model->unsupported.push_back(std::move(entry));
    job.report(4, 4, "done");
    return std::shared_ptr<const Model>(std::move(model));
}

} // namespace

int Model::opsetOf(std::string_view domain) const
{
    if (domain == "ai.onnx")
        domain = {};
    for (const OpsetImport &opset : opsets) {
        if (opset.domain == domain)
            return opset.version;
    }
    return 0;
}

Expected<std::shared_ptr<const Model>> openModel(const std::filesystem::path &path, const OpenOptions &options, const JobContext &job)
{
    try {
        return openOnnx(path, options, job);
    } catch (const std::bad_alloc &) {
        return badInput(path.string(), "needs more memory than there is");
    } catch (const std::exception &problem) {
        return badInput(path.string(), std::string("cannot be read: ") + problem.what());
    }
}

Expected<std::string> modelSha256(const Model &model, const JobContext &job)
{
    std::vector<std::filesystem::path> files{model.path};
    files.insert(files.end(), model.externalFiles.begin(), model.externalFiles.end());
    Sha256 hash;
    constexpr std::size_t kBlock = std::size_t(4) << 20;
    for (std::size_t i = 0; i < files.size(); ++i) {
        Expected<std::shared_ptr<const MappedFile>> file = MappedFile::open(files[i]);
        if (!file)
            return std::move(file.error());
        std::span<const std::byte> rest = (*file)->bytes();
        const std::size_t total = rest.size();
        while (!rest.empty()) {
            if (job.stopRequested())
                return interrupted(files[i].string());
            const std::size_t size = std::min(rest.size(), kBlock);
            hash.add(rest.first(size));
            rest = rest.subspan(size);
            job.report(total - rest.size(), total, files[i].filename().string());
        }
    }
    return hash.hex();
}

} // namespace nordlys::core
