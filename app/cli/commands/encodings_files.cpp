// SPDX-License-Identifier: Apache-2.0
#include "encodings_files.h"

#include "../support/model_source.h"
#include "../support/output_guard.h"
#include "../support/table.h"

#include <core/base/atomic_file.h>
#include <core/export/qdq_model.h>
#include <core/quantization/encoding_document.h>
#include <core/quantization/encoding_file.h>
#include <core/quantization/encoding_usage.h>

#include <fmt/format.h>

namespace nordlys::cli {

namespace {

struct FileArguments {
    std::string first, second, model, dialect, output, net;
    bool floatWeights = false, givenBiases = false;
    bool json = false;
};

/// The model of --model stays alive as long as its graph is used.
core::Expected<std::optional<ModelSource>> modelOf(const FileArguments &options, const Context &context)
{
    if (options.model.empty())
        return std::optional<ModelSource>();
    auto source = openSource({options.model, {}}, context);
    NORDLYS_TRY(source);
    return std::optional(*std::move(source));
}

const core::Graph *graphOf(const std::optional<ModelSource> &source) { return source ? &source->model->graph : nullptr; }

std::string dialectNames()
{
    std::string names;
    for (const core::EncodingDialect dialect : core::kWritableDialects)
        names += (names.empty() ? "" : ", ") + std::string(core::nameOf(dialect));
    return names + ", " + std::string(core::nameOf(core::EncodingDialect::Qdq));
}

/// What convert has read and written.
struct Conversion {
    std::string from;
    core::EncodingDialect to = core::EncodingDialect::Dictionary061;
    core::EncodingFile file;
    std::vector<core::EncodingLoss> lost;
    std::optional<core::QdqReport> qdq;
};

core::Expected<void> show(const Conversion &done, const FileArguments &options)
{
    std::size_t omitted = 0;
    for (const core::EncodingLoss &loss : done.lost)
        omitted += loss.omitted ? 1 : 0;
    if (options.json) {
        Json json = cli::document("encodings-convert");
        json["from"] = done.from;
        json["to"] = core::nameOf(done.to);
        json["output"] = options.output;
        json["entries"] = done.file.set.entries.size();
        json["lost"] = Json::array();
        for (const core::EncodingLoss &loss : done.lost)
            json["lost"].push_back({{"tensor", loss.tensor}, {"what", loss.what}, {"omitted", loss.omitted}});
        json["repaired"] = Json::array();
        for (const core::EncodingRepair &repair : done.file.repaired)
            json["repaired"].push_back({{"tensor", repair.tensor}, {"what", repair.what}});
        json["notes"] = done.file.notes;
        json["model"] = Json(nullptr);
        if (done.qdq)
            json["model"] = {{"opset", done.qdq->opset}, {"opsetBefore", done.qdq->opsetBefore}, {"activations", done.qdq->activations}, {"weights", done.qdq->weights},
                             {"biases", done.qdq->biases}, {"derived", done.qdq->derived}, {"folded", done.qdq->folded}};
        return writeJson(json);
    }
    Facts facts;
    facts.add("Written", fmt::format("{} ({} to {})", options.output, done.from, core::nameOf(done.to)));
    facts.add("Entries", std::to_string(done.file.set.entries.size()));
    facts.add("Left out", std::to_string(omitted));
    if (done.qdq) {
        facts.add("Quantized", fmt::format("{} activations, {} weights, {} biases ({} derived)", done.qdq->activations, done.qdq->weights, done.qdq->biases, done.qdq->derived.size()));
        if (done.qdq->opset != done.qdq->opsetBefore)
            facts.add("Opset", fmt::format("{} (was {})", done.qdq->opset, done.qdq->opsetBefore));
        if (!done.qdq->folded.empty())
            facts.add("Folded", fmt::format("{} BatchNormalization", done.qdq->folded.size()));
    }
    Table table({{"Finding"}, {"Tensor"}, {"What"}});
    for (const core::EncodingLoss &loss : done.lost)
        table.add({loss.omitted ? "left out" : "lost", loss.tensor, loss.what});
    for (const core::EncodingRepair &repair : done.file.repaired)
        table.add({"repaired", repair.tensor, repair.what});
    for (const std::string &note : done.file.notes)
        table.add({"note", "", note});
    return writeOut(facts.text() + (table.empty() ? "" : "\n" + table.text()));
}

core::Expected<void> convert(const FileArguments &options, const Context &context)
{
    const auto dialect = core::dialectFromName(options.dialect);
    const bool toModel = dialect == core::EncodingDialect::Qdq;
    if (!dialect || (!core::isWritable(*dialect) && !toModel))
        return core::usageError("--to " + options.dialect, dialect ? "files of this form are read, not written" : "there is no such dialect",
                                "Use one of " + dialectNames() + ".");
    if (toModel && options.model.empty())
        return core::usageError("--to qdq", "the float model is missing", "Give --model.");
    if (!toModel && (options.floatWeights || options.givenBiases))
        return core::usageError("--to " + options.dialect, "--float-weights and --given-biases say how a QDQ model is written", "Leave them out.");
    NORDLYS_TRY(refuseToOverwriteInputs(options.output, {options.first, options.model}));
    auto source = modelOf(options, context);
    NORDLYS_TRY(source);
    Conversion done;
    done.to = *dialect;
    std::string text;
    if (core::isModelFile(options.first)) {
        auto file = core::readEncodings(options.first, graphOf(*source));
        NORDLYS_TRY(file);
        done.from = core::nameOf(core::EncodingDialect::Qdq);
        done.file = *std::move(file);
    } else {
        auto document = core::EncodingDocument::read(options.first, graphOf(*source));
        NORDLYS_TRY(document);
        auto file = core::encodingFile(*document, options.first);
        NORDLYS_TRY(file);
        done.from = core::nameOf(document->dialect());
        done.file = *std::move(file);
        text = document->dialect() == *dialect ? document->text() : std::string();
    }
    if (toModel) {
        auto written = core::writeQdqModel(*(*source)->model, done.file.set, options.output,
                                           {.floatWeights = options.floatWeights, .deriveBiases = !options.givenBiases}, context.job());
        NORDLYS_TRY(written);
        done.lost = written->lost;
        done.file.notes.insert(done.file.notes.end(), written->notes.begin(), written->notes.end());
        done.qdq = *std::move(written);
    } else {
        // The same dialect: nothing is said anew, so nothing is lost and every byte stays.
        if (text.empty()) {
            auto made = core::newEncodingsText(*dialect, done.file.set, graphOf(*source));
            NORDLYS_TRY(made);
            text = std::move(made->text);
            done.lost = std::move(made->lost);
        }
        NORDLYS_TRY(core::writeFileAtomically(options.output, std::string_view(text)));
    }
    if (done.from != core::nameOf(*dialect)) {
        for (const core::EncodingRepair &unread : done.file.unread)
            done.lost.push_back({unread.tensor, "it cannot be read: " + unread.what, true});
    }
    return show(done, options);
}

Json differenceJson(const std::string &tensor, const core::EncodingDifference &difference)
{
    return {{"tensor", tensor}, {"scaleRatio", difference.scaleRatio}, {"codeShift", difference.codeShift}, {"words", difference.words}};
}

std::vector<std::string> differenceCells(const core::EncodingDifference &difference)
{
    std::string words;
    for (const std::string &word : difference.words)
        words += (words.empty() ? "" : "; ") + word;
    return {fmt::format("{:.6g}", difference.scaleRatio), fmt::format("{:+}", difference.codeShift), words};
}

core::Expected<void> diff(const FileArguments &options, const Context &context)
{
    auto source = modelOf(options, context);
    NORDLYS_TRY(source);
    auto first = core::readEncodings(options.first, graphOf(*source)), second = core::readEncodings(options.second, graphOf(*source));
    NORDLYS_TRY(first);
    NORDLYS_TRY(second);
    const bool holdsFloats = core::isModelFile(options.first) || core::isModelFile(options.second);
    const core::EncodingSetDifference found = core::compareEncodings(first->set, second->set, holdsFloats ? core::kFloatTolerance : 0);
    if (options.json) {
        Json json = cli::document("encodings-diff");
        json["equal"] = found.equal;
        json["onlyFirst"] = found.onlyFirst;
        json["onlySecond"] = found.onlySecond;
        json["changed"] = Json::array();
        for (const auto &[tensor, difference] : found.changed)
            json["changed"].push_back(differenceJson(tensor, difference));
        for (const auto &[key, file] : {std::pair("unreadFirst", &*first), std::pair("unreadSecond", &*second)}) {
            json[key] = Json::array();
            for (const core::EncodingRepair &unread : file->unread)
                json[key].push_back({{"tensor", unread.tensor}, {"why", unread.what}});
        }
        return writeJson(json);
    }
    Facts facts;
    facts.add("Equal", std::to_string(found.equal));
    facts.add("Changed", std::to_string(found.changed.size()));
    facts.add("Only in the first", std::to_string(found.onlyFirst.size()));
    facts.add("Only in the second", std::to_string(found.onlySecond.size()));
    Table table({{"Finding"}, {"Tensor"}, {"Scale", Table::Align::Right}, {"Codes", Table::Align::Right}, {"What"}});
    for (const auto &[tensor, difference] : found.changed) {
        const auto cells = differenceCells(difference);
        table.add({"changed", tensor, "x" + cells[0], cells[1], cells[2]});
    }
    for (const std::string &tensor : found.onlyFirst)
        table.add({"only first", tensor, "", "", ""});
    for (const std::string &tensor : found.onlySecond)
        table.add({"only second", tensor, "", "", ""});
    for (const auto &[name, file] : {std::pair("unread, first", &*first), std::pair("unread, second", &*second)}) {
        for (const core::EncodingRepair &unread : file->unread)
            table.add({name, unread.tensor, "", "", unread.what});
    }
    return writeOut(facts.text() + (table.empty() ? "" : "\n" + table.text()));
}

core::Expected<void> used(const FileArguments &options, const Context &context)
{
    auto source = modelOf(options, context);
    NORDLYS_TRY(source);
    auto file = core::readEncodings(options.first, graphOf(*source));
    NORDLYS_TRY(file);
    auto net = core::EncodingDocument::read(options.net, nullptr);
    NORDLYS_TRY(net);
    if (net->dialect() != core::EncodingDialect::NetJson)
        return core::badInput(options.net, "this is no net.json of a converter", "Give the file NAME_net.json that the converter wrote.");
    const core::EncodingUsage usage = core::findUsage(file->set, net->set());
    // Nothing can be said of what was not understood, on either side.
    std::vector<std::pair<std::string, std::string>> unread;
    for (const core::EncodingRepair &entry : file->unread)
        unread.emplace_back(entry.tensor, entry.what);
    for (const core::DocumentEntry &entry : net->entries()) {
        if (!entry.encoding && !entry.problem.empty())
            unread.emplace_back(entry.tensor, "in the converter's file: " + entry.problem);
    }
    if (options.json) {
        Json json = cli::document("encodings-used");
        json["used"] = Json::array();
        for (const auto &found : usage.used)
            json["used"].push_back({{"tensor", found.tensor}, {"converted", found.converted}, {"evidence", found.evidence}});
        json["changed"] = Json::array();
        for (const auto &changed : usage.changed) {
            Json item = differenceJson(changed.found.tensor, changed.difference);
            item["converted"] = changed.found.converted;
            json["changed"].push_back(std::move(item));
        }
        json["missing"] = usage.missing;
        json["unsupplied"] = usage.unsupplied;
        json["unread"] = Json::array();
        for (const auto &[tensor, why] : unread)
            json["unread"].push_back({{"tensor", tensor}, {"why", why}});
        NORDLYS_TRY(writeJson(json));
    } else {
        Facts facts;
        facts.add("Used", std::to_string(usage.used.size()));
        facts.add("Changed", std::to_string(usage.changed.size()));
        facts.add("Missing", std::to_string(usage.missing.size()));
        facts.add("The converter's own", std::to_string(usage.unsupplied.size()));
        if (!unread.empty())
            facts.add("Unread", std::to_string(unread.size()));
        Table table({{"Finding"}, {"Tensor"}, {"Converted"}, {"What"}});
        for (const auto &found : usage.used) {
            if (!found.evidence.empty())
                table.add({"used", found.tensor, found.converted, found.evidence});
        }
        for (const auto &changed : usage.changed) {
            const auto cells = differenceCells(changed.difference);
            table.add({"changed", changed.found.tensor, changed.found.converted,
                       fmt::format("scale x{}, codes {}{}{}", cells[0], cells[1], cells[2].empty() ? "" : ", ", cells[2])});
        }
        for (const std::string &tensor : usage.missing)
            table.add({"missing", tensor, "", ""});
        for (const std::string &tensor : usage.unsupplied)
            table.add({"converter's own", "", tensor, ""});
        for (const auto &[tensor, why] : unread)
            table.add({"unread", tensor, "", why});
        NORDLYS_TRY(writeOut(facts.text() + (table.empty() ? "" : "\n" + table.text())));
    }
    if (usage.changed.empty() && usage.missing.empty() && unread.empty())
        return {};
    return core::Error{core::ErrorCode::GateFailed, "encodings used",
                       fmt::format("{} changed, {} missing, {} unread", usage.changed.size(), usage.missing.size(), unread.size()),
                       "The findings stand in the output.", {}};
}

void addModel(CLI::App &command, FileArguments &options)
{
    command.add_option("--model", options.model, "Model or project: gives channel axes and tells parameters from activations")->type_name("FILE");
}

} // namespace

void addEncodingsFiles(CLI::App &encodings, Action &action)
{
    addCommand<FileArguments>(
        encodings, action, "convert", "Writes encodings in another dialect, or as a QDQ model, and lists what it cannot say",
        [](CLI::App &command, FileArguments &options) {
            command.add_option("ENCODINGS", options.first, "Encodings file, of any dialect, or a model in QDQ form (.onnx)")->required()->type_name("FILE");
            command.add_option("--to", options.dialect, "Dialect: " + dialectNames())->required()->type_name("DIALECT");
            command.add_option("-o,--output", options.output, "File to write")->required()->type_name("FILE");
            addModel(command, options);
            command.add_flag("--float-weights", options.floatWeights, "qdq: weights stay float32 behind QuantizeLinear and DequantizeLinear; default: stored as codes");
            command.add_flag("--given-biases", options.givenBiases, "qdq: only biases that have an encoding become int32; default: all between encoded inputs and weights");
            command.add_flag("--json", options.json, "One JSON document (nordlys.encodings-convert/1)");
        },
        convert);
    addCommand<FileArguments>(
        encodings, action, "diff", "Compares two encodings files, of any dialects, by the ratio of scales and the shift of codes",
        [](CLI::App &command, FileArguments &options) {
            command.add_option("FIRST", options.first, "Encodings file, or a model in QDQ form")->required()->type_name("FILE");
            command.add_option("SECOND", options.second, "Encodings file, or a model in QDQ form (its scales are float32, so they need not be equal beyond that)")->required()->type_name("FILE");
            addModel(command, options);
            command.add_flag("--json", options.json, "One JSON document (nordlys.encodings-diff/1)");
        },
        diff);
    addCommand<FileArguments>(
        encodings, action, "used", "Were the encodings used? By value, against a converter's net.json; exit code 1 when not",
        [](CLI::App &command, FileArguments &options) {
            command.add_option("--encodings", options.first, "Encodings that were given to the converter")->required()->type_name("FILE");
            command.add_option("--net", options.net, "NAME_net.json that the converter wrote")->required()->type_name("FILE");
            addModel(command, options);
            command.add_flag("--json", options.json, "One JSON document (nordlys.encodings-used/1)");
        },
        used);
}

} // namespace nordlys::cli
