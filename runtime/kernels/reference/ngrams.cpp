// SPDX-License-Identifier: Apache-2.0
#include "indices.h"
#include "reference.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace nordlys::runtime::reference {

namespace {

/// The n-grams of one length, sorted; `rank` is their place in the pool.
struct Level {
    std::int64_t length = 0;
    struct Gram {
        std::vector<std::int64_t> items;
        std::size_t rank = 0;
    };
    std::vector<Gram> grams;
};

/// What a TfIdfVectorizer looks for (ONNX TfIdfVectorizer 9).
struct Vocabulary {
    std::vector<Level> levels;
    std::vector<std::int64_t> column; ///< of the output, per n-gram in the pool's order
    std::vector<float> weight;
    std::int64_t maxSkip = 0, columns = 0;
    enum class Mode { Tf, Idf, TfIdf } mode = Mode::Tf;

    void enter(std::size_t gram, float *row) const
    {
        float &place = row[column[gram]];
        switch (mode) {
        case Mode::Tf: place += 1; break;
        case Mode::Idf: place = weight[gram]; break;
        case Mode::TfIdf: place += weight[gram]; break;
        }
    }

    /// Counts the n-grams of items 0..count-1. Items of one n-gram lie 1 to maxSkip + 1 apart; single items count once.
    template <typename ItemAt>
    void vectorize(std::int64_t count, ItemAt &&itemAt, float *row) const
    {
        for (const Level &level : levels) {
            for (std::int64_t step = 1; step <= (level.length == 1 ? 1 : maxSkip + 1); ++step) {
                if (level.length > 1 && step > (count - 1) / (level.length - 1))
                    break;
                for (std::int64_t first = 0; first + step * (level.length - 1) < count; ++first) {
                    // -1, 0, 1: the items here stand before, are or stand behind the n-gram
                    const auto compare = [&](const Level::Gram &gram) {
                        for (std::int64_t k = 0; k < level.length; ++k) {
                            const std::int64_t here = itemAt(first + k * step), there = gram.items[static_cast<std::size_t>(k)];
                            if (here != there)
                                return here < there ? -1 : 1;
                        }
                        return 0;
                    };
                    auto at = std::partition_point(level.grams.begin(), level.grams.end(), [&](const auto &gram) { return compare(gram) > 0; });
                    for (; at != level.grams.end() && compare(*at) == 0; ++at)
                        enter(at->rank, row);
                }
            }
        }
    }
};

/// The pool's n-grams of every wanted length. ngram_counts says where those of each length begin.
core::Expected<void> readPool(const KernelCall &call, Vocabulary &vocabulary)
{
    const auto pool = call.intsAttribute("pool_int64s");
    const auto begins = call.intsAttribute("ngram_counts");
    if (call.attribute("pool_strings") != nullptr || !pool)
        return call.unsupported("only n-grams of integers (pool_int64s) have a kernel");
    const auto least = call.intAttribute("min_gram_length", 0), most = call.intAttribute("max_gram_length", 0);
    if (!begins || begins->empty() || least < 1 || most < least)
        return call.broken("it needs ngram_counts and 1 <= min_gram_length <= max_gram_length");
    std::size_t rank = 0;
    for (std::size_t i = 0; i < begins->size(); ++i) {
        const auto length = static_cast<std::int64_t>(i) + 1;
        const std::int64_t begin = (*begins)[i];
        const std::int64_t end = i + 1 < begins->size() ? (*begins)[i + 1] : static_cast<std::int64_t>(pool->size());
        if (begin < 0 || end < begin || end > static_cast<std::int64_t>(pool->size()) || (end - begin) % length != 0)
            return call.broken("ngram_counts does not divide pool_int64s into n-grams of length " + std::to_string(length));
        Level level{length, {}};
        for (std::int64_t at = begin; at < end; at += length)
            level.grams.push_back({{pool->begin() + at, pool->begin() + at + length}, rank++});
        std::ranges::sort(level.grams, {}, &Level::Gram::items);
        if (length >= least && length <= most && !level.grams.empty())
            vocabulary.levels.push_back(std::move(level));
    }
    const auto columns = call.intsAttribute("ngram_indexes");
    if (!columns || columns->size() != rank)
        return call.broken("ngram_indexes does not name a column for each of the " + std::to_string(rank) + " n-grams");
    vocabulary.column = *columns;
    vocabulary.weight.assign(rank, 1.0F);
    if (const auto *weights = call.attribute("weights")) {
        const auto *list = std::get_if<std::vector<double>>(weights);
        if (list == nullptr || list->size() != rank)
            return call.broken("weights does not have one number for each of the " + std::to_string(rank) + " n-grams");
        std::ranges::transform(*list, vocabulary.weight.begin(), [](double weight) { return static_cast<float>(weight); });
    }
    return {};
}

core::Expected<BoundKernel> bindTfIdf(const KernelCall &call)
{
    if (call.hasInput(0) && call.inputs[0].dtype == core::DType::String)
        return call.unsupported("strings have no kernel");
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    const IntegerReader read = integerReader(x.dtype);
    if (read == nullptr || y.dtype != core::DType::Float32 || x.rank() == 0 || x.rank() > 2 || y.rank() != x.rank())
        return call.broken("it takes int32 or int64 of 1 or 2 dimensions and gives float32 of as many");
    Vocabulary vocabulary;
    NORDLYS_TRY(readPool(call, vocabulary));
    const std::string mode = call.stringAttribute("mode", "");
    if (mode != "TF" && mode != "IDF" && mode != "TFIDF")
        return call.broken("the mode '" + mode + "' does not exist");
    vocabulary.mode = mode == "TF" ? Vocabulary::Mode::Tf : mode == "IDF" ? Vocabulary::Mode::Idf : Vocabulary::Mode::TfIdf;
    vocabulary.maxSkip = call.intAttribute("max_skip_count", 0);
    vocabulary.columns = y.dims.back();
    if (vocabulary.maxSkip < 0 || vocabulary.maxSkip == std::numeric_limits<std::int64_t>::max())
        return call.broken("max_skip_count " + std::to_string(vocabulary.maxSkip) + " is out of bounds");
    for (const std::int64_t column : vocabulary.column) {
        if (column < 0 || column >= vocabulary.columns)
            return call.broken("ngram_indexes names column " + std::to_string(column) + " of " + std::to_string(vocabulary.columns));
    }
    const std::int64_t rows = x.rank() == 2 ? x.dims[0] : 1, count = x.dims.back();
    if (x.rank() == 2 && y.dims[0] != rows)
        return call.broken("the output does not have the input's rows");
    return bound(call, [vocabulary = std::move(vocabulary), read, rows, count, total = y.elementCount()](const KernelRun &run) -> KernelStatus {
        auto *out = run.output<float>(0);
        std::fill(out, out + total, 0.0F);
        for (std::int64_t r = 0; r < rows && count > 0 && total > 0; ++r)
            vocabulary.vectorize(count, [&](std::int64_t i) { return read(run.inputs[0], r * count + i); }, out + r * vocabulary.columns);
        return nullptr;
    });
}

constexpr KernelEntry entries[] = {{"", "TfIdfVectorizer", 9, bindTfIdf, false}};

} // namespace

std::span<const KernelEntry> ngramKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference
