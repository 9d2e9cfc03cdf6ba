// SPDX-License-Identifier: Apache-2.0
// Reads bytes with everything that reads encodings: files of all dialects with and without a model, a converter's net.json, calibration statistics, stored
// changes, QDQ models. Whatever the bytes are: no crash, no undefined behaviour, no hang. And what was understood keeps its meaning: an untouched document
// keeps its bytes, an edit changes that entry alone, what a dialect can say comes back equal.
#include <core/import/model.h>
#include <core/project/change.h>
#include <core/quantization/encoding_document.h>
#include <core/quantization/encoding_file.h>
#include <core/quantization/encoding_usage.h>
#include <core/quantization/qdq_encodings.h>
#include <runtime/quantization/calibration_statistics.h>
#include <support/graph_builder.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t *data, std::size_t size, std::size_t maxSize);

namespace {

using namespace nordlys;
using core::EncodingDialect, core::EncodingDocument, core::EncodingEntry, core::EncodingKind, core::EncodingSet;

[[noreturn]] void broken(const char *promise, const std::string &detail)
{
    std::fprintf(stderr, "broken promise: %s: %s\n", promise, detail.c_str());
    std::abort();
}

/// Readers of files get one that lies in memory.
class MemoryFile {
public:
    MemoryFile() : m_descriptor(memfd_create("encodings", MFD_CLOEXEC)), m_path("/proc/self/fd/" + std::to_string(m_descriptor)) {}

    [[nodiscard]] const std::string &path() const { return m_path; }
    void hold(const std::uint8_t *data, std::size_t size)
    {
        if (ftruncate(m_descriptor, 0) != 0 || pwrite(m_descriptor, data, size, 0) != static_cast<ssize_t>(size)) {
            std::perror("memory file");
            std::abort();
        }
    }

private:
    int m_descriptor;
    std::string m_path;
};

/// Tensors by the names that the seeds use, with channels and blocks that fit.
const core::Graph &graph()
{
    static const core::Graph made = [] {
        test::GraphBuilder b;
        const auto x = b.input("x", {1, 4});
        const auto transposed = [&](core::TensorId output) {
            core::Node &node = b.graph.nodes[b.graph.tensor(output).producer.index];
            node.attributes.push_back({b.graph.names.intern("transB"), std::int64_t(1)});
            return output;
        };
        const auto y = transposed(b.node("Gemm", {x, b.constant("w1", {3, 4}), b.constant("b1", {3})}, "y", {1, 3}));
        const auto z = b.node("MatMul", {y, b.constant("w2", {3, 4})}, "z", {1, 4});
        b.output(transposed(b.node("Gemm", {z, b.constant("w3", {2, 4})}, "out", {1, 2})));
        return std::move(b.graph);
    }();
    return made;
}

EncodingSet expectReads(const std::string &text, const core::Graph *model, const char *promise)
{
    auto document = EncodingDocument::parse(text, "edited", model);
    if (!document)
        broken(promise, document.error().text() + "\n" + text.substr(0, 2000));
    return document->set();
}

void checkDocument(const EncodingDocument &document, const core::Graph *model)
{
    const EncodingSet set = document.set();
    for (const auto &[tensor, entry] : set.entries) {
        if (const auto sound = core::checkEncoding(entry.encoding, tensor); !sound)
            broken("what is understood is an encoding", sound.error().text());
    }
    if (core::compareEncodings(set, set).equal != set.entries.size())
        broken("a set equals itself", document.version());
    core::findUsage(set, set);
    if (model != nullptr)
        core::checkCoverage(*model, set);
    const auto same = document.textWith(set);
    if (!same)
        broken("an untouched document can be written", same.error().text());
    if (*same != document.text())
        broken("an untouched document keeps its bytes", *same);
    if (set.empty() || !core::isWritable(document.dialect()))
        return;

    EncodingSet edited = set;
    EncodingEntry &entry = edited.entries.begin()->second;
    const std::string &tensor = edited.entries.begin()->first;
    if (!entry.encoding.isFloat) {
        entry.encoding = {};
        entry.encoding.grids = {*core::gridFromScale(0.375, 17, 8)};
        if (const auto text = document.textWith(edited)) {
            const EncodingSet read = expectReads(*text, model, "an edited document can be read");
            const EncodingEntry *found = read.find(tensor);
            if (found == nullptr || core::differenceOf(found->encoding, entry.encoding, 1e-12))
                broken("an edit is in the document", tensor + "\n" + *text);
            for (const auto &[name, other] : set.entries) {
                const EncodingEntry *kept = read.find(name);
                if (name != tensor && (kept == nullptr || core::differenceOf(kept->encoding, other.encoding)))
                    broken("an edit leaves the others", name + "\n" + *text);
            }
        }
    }
    edited.entries.erase(tensor);
    if (const auto text = document.textWith(edited))
        expectReads(*text, model, "a document without one entry can be read");
    edited = set;
    edited.entries["a new \"tensor\""] = {EncodingKind::Activation, edited.entries.begin()->second.encoding, false};
    if (const auto text = document.textWith(edited))
        expectReads(*text, model, "a document with a new entry can be read");
}

void checkRoundTrips(const EncodingSet &set, const core::Graph *model)
{
    for (const EncodingDialect dialect : core::kWritableDialects) {
        const auto written = core::newEncodingsText(dialect, set, model);
        if (!written)
            broken("every set can be written", written.error().text());
        std::set<std::string> lossy;
        for (const core::EncodingLoss &loss : written->lost)
            lossy.insert(loss.tensor);
        const EncodingSet read = expectReads(written->text, model, "what is written can be read");
        for (const auto &[tensor, entry] : set.entries) {
            if (lossy.contains(tensor) || (model == nullptr && entry.encoding.axis > 0))
                continue; // without a model channels lie along axis 0
            const EncodingEntry *found = read.find(tensor);
            if (found == nullptr)
                broken("what is not listed as lost is there", std::string(core::nameOf(dialect)) + " " + tensor + "\n" + written->text);
            if (found->encoding.bitwidth != entry.encoding.bitwidth || found->encoding.grids.size() != entry.encoding.grids.size())
                broken("what is not listed as lost comes back", std::string(core::nameOf(dialect)) + " " + tensor + "\n" + written->text);
        }
    }
}

void checkChange(std::string_view text)
{
    const auto change = core::changeFromJson(text);
    if (!change)
        return;
    const std::string said = core::changeToJson(*change);
    const auto again = core::changeFromJson(said);
    if (!again || core::changeToJson(*again) != said)
        broken("a change comes back from its JSON", said);
    (void)change->text();
    core::EditState state;
    const core::EditState before = state;
    const auto inverse = core::applyChange(state, *change);
    if (!inverse && !(state == before))
        broken("a change that fails leaves the state", said);
    if (inverse && (!core::applyChange(state, *inverse) || !(state == before)))
        broken("a change can be taken back", said);
}

/// Strings, numbers and words of a JSON text, as places in it.
std::vector<std::pair<std::size_t, std::size_t>> tokensOf(const std::string &text)
{
    std::vector<std::pair<std::size_t, std::size_t>> tokens;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t begin = i;
        if (text[i] == '"') {
            for (++i; i < text.size() && text[i] != '"'; ++i)
                i += text[i] == '\\' ? 1 : 0;
            i = std::min(text.size(), i + 1);
        } else if (std::strchr(" \n\r\t,:{}[]", text[i]) != nullptr) {
            ++i;
            continue;
        } else {
            while (i < text.size() && std::strchr(" \n\r\t,:{}[]\"", text[i]) == nullptr)
                ++i;
        }
        tokens.emplace_back(begin, i - begin);
    }
    return tokens;
}

constexpr std::array kValues = {"0", "-0.0", "1", "-1", "7", "8", "127", "-128", "255", "32768", "-32768", "65535", "-2147483648", "4294967296", "1e-320", "1e-40", "0.5", "1e300", "-1e300",
                                "1.7976931348623157e308", "9223372036854775807", "18446744073709551615", "1e999", "16", "4", "32", "null", "true", "false", "[]", "{}", "[1, 2, 3]",
                                "[[1, 2], [3, 4]]", "\"x\"", "\"w1\"", "\"w2\"", "\"w3\"", "\"True\"", "\"int4\"", "\"int8\"", "\"uint8\"", "\"int32\"", "\"uint16\"", "\"float16\"",
                                "\"PER_TENSOR\"", "\"PER_CHANNEL\"", "\"PER_BLOCK\"", "\"LPBQ\"", "\"INT\"", "\"0.5.0\"", "\"0.6.1\"", "\"1.0.0\"", "\"2.0.0\"", "\"2.1.0\"", "\"\"", "\"a\\\"b\""};

} // namespace

/// Whole values change for other values and for those of other places; bytes change too, but seldom: most of such texts are no JSON.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t *data, std::size_t size, std::size_t maxSize, unsigned int seed)
{
    std::minstd_rand random(seed);
    const auto below = [&random](std::size_t count) { return static_cast<std::size_t>(random() % count); };
    std::string text(reinterpret_cast<const char *>(data), size);
    if (text.empty() || text.front() == '\b' || below(5) == 0)
        return LLVMFuzzerMutate(data, size, maxSize);
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
        const auto tokens = tokensOf(text);
        if (tokens.empty())
            break;
        const auto [begin, length] = tokens[below(tokens.size())];
        const auto [otherBegin, otherLength] = tokens[below(tokens.size())];
        switch (below(4)) {
        case 0: text.replace(begin, length, text.substr(otherBegin, otherLength)); break;
        case 1: // what stands between two commas comes twice, or goes
        {
            const std::size_t from = text.find_last_of(",[{", begin), to = text.find_first_of(",]}", begin + length);
            if (from == std::string::npos || to == std::string::npos)
                break;
            const std::string part = text.substr(from + 1, to - from - 1);
            if (below(2) == 0)
                text.insert(to, "," + part);
            else
                text.erase(from + 1, to - from - 1);
            break;
        }
        default: text.replace(begin, length, kValues[below(kValues.size())]); break;
        }
    }
    size = std::min(text.size(), maxSize);
    std::memcpy(data, text.data(), size);
    return size;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static MemoryFile file;
    const std::string text(reinterpret_cast<const char *>(data), size);
    for (const core::Graph *model : {static_cast<const core::Graph *>(nullptr), &graph()}) {
        if (const auto document = EncodingDocument::parse(text, "fuzz", model)) {
            checkDocument(*document, model);
            checkRoundTrips(document->set(), model);
        } else if (document.error().text().empty()) {
            broken("an error has words", "parse");
        }
    }
    checkChange(text);
    file.hold(data, size);
    if (const auto statistics = runtime::readStatistics(file.path())) {
        for (const auto &[name, histogram] : statistics->growing)
            (void)statistics->histogramOf(name);
        for (const auto &[name, histogram] : statistics->firstBatch)
            (void)statistics->histogramOf(name);
    }
    if (!text.empty() && text.front() != '{' && text.front() != '/') {
        if (const auto model = core::openModel(file.path())) {
            for (const auto &[tensor, entry] : core::qdqEncodings((*model)->graph).set.entries) {
                if (const auto sound = core::checkEncoding(entry.encoding, tensor); !sound)
                    broken("what is understood is an encoding", sound.error().text());
            }
        }
    }
    return 0;
}
