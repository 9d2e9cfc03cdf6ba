// SPDX-License-Identifier: Apache-2.0
#include "sample_set.h"

#include "input_list.h"
#include "sample_file.h"

#include <core/base/split_mix.h>
#include <core/tensor/convert.h>

#include <algorithm>
#include <charconv>

namespace nordlys::core {

namespace {

constexpr std::uint64_t kMaxRandomSamples = 10'000'000;

std::optional<std::uint64_t> wholeNumber(std::string_view text)
{
    std::uint64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

struct RandomSpec {
    std::uint64_t seed = 0, count = 0;
};

Expected<RandomSpec> parseRandom(const std::string &spec)
{
    const std::string_view rest = std::string_view(spec).substr(7);
    const std::size_t colon = rest.find(':');
    const auto seed = wholeNumber(rest.substr(0, colon));
    const auto count = colon == std::string_view::npos ? std::nullopt : wholeNumber(rest.substr(colon + 1));
    if (!seed || !count || *count == 0 || *count > kMaxRandomSamples)
        return usageError("inputs '" + spec.substr(0, 64) + "'", "random inputs are random:SEED:N with N from 1 to 10000000",
                          "Example: random:1:64");
    return RandomSpec{*seed, *count};
}

// Numbers are drawn in 24 bits, the width of a float32 mantissa: each is a float32 in [0, 1).
Expected<HostTensor> randomTensor(std::uint64_t seed, std::size_t sample, std::size_t input, DType dtype, const Dims &dims)
{
    const bool floating = isFloat(dtype);
    auto tensor = HostTensor::create(DType::Float32, dims);
    NORDLYS_TRY(tensor);
    SplitMix mixer(seed);
    SplitMix random(mixer.next() ^ SplitMix(sample * 0x10001ULL + input).next());
    for (float &value : tensor->as<float>()) {
        const std::uint64_t bits = random.next();
        value = floating ? static_cast<float>(bits >> 40) * 0x1p-24F : static_cast<float>(bits >> 63);
    }
    return convertTensor(*tensor, dtype);
}

Expected<std::vector<std::filesystem::path>> filesOfFolder(const std::filesystem::path &folder)
{
    std::vector<std::filesystem::path> images, tensors;
    std::error_code failed;
    for (std::filesystem::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
        std::error_code ignored;
        if (!it->is_regular_file(ignored))
            continue;
        const SampleFileKind kind = sampleFileKind(it->path());
        if (kind == SampleFileKind::Image)
            images.push_back(it->path());
        else if (kind == SampleFileKind::Tensor)
            tensors.push_back(it->path());
    }
    if (failed)
        return badInput(folder.string(), "the folder cannot be read (" + failed.message() + ")");
    if (!images.empty() && !tensors.empty())
        return badInput(folder.string(), "the folder holds pictures and tensors", "Put one kind into a folder of its own.");
    auto &files = images.empty() ? tensors : images;
    if (files.empty())
        return badInput(folder.string(), "the folder holds no .png, .jpg, .jpeg, .npy, .pb or .raw file");
    std::sort(files.begin(), files.end(),
              [](const auto &a, const auto &b) { return a.filename().native() < b.filename().native(); });
    return std::move(files);
}

bool isInputList(const std::filesystem::path &path) { return path.extension() == ".txt" || path.extension() == ".TXT"; }

} // namespace

Expected<SampleSet> SampleSet::open(const std::string &spec, const Graph &graph, const SampleOptions &options)
{
    SampleSet set;
    std::vector<std::string> inputNames;
    for (const TensorId id : graph.inputs) {
        const Tensor &tensor = graph.tensor(id);
        const std::string name(graph.nameOf(id));
        const auto dims = tensor.shape ? knownDims(*tensor.shape) : std::nullopt;
        if (!dims)
            return badInput("model input '" + name + "'", "its shape has free dimensions", "Bind them with --dim NAME=N.");
        inputNames.push_back(name);
        set.m_inputDims.push_back(*dims);
        set.m_inputTypes.push_back(tensor.dtype);
    }
    if (spec.starts_with("random:")) {
        auto random = parseRandom(spec);
        NORDLYS_TRY(random);
        set.m_kind = Kind::Random;
        set.m_seed = random->seed;
        const std::uint64_t count = options.limit != 0 ? std::min<std::uint64_t>(random->count, options.limit) : random->count;
        for (std::uint64_t i = 0; i < count; ++i)
            set.m_names.push_back("random " + std::to_string(i));
        return set;
    }
    NORDLYS_TRY(set.openFiles(spec, inputNames, options));
    return set;
}

Expected<SampleSet> SampleSet::openSets(const std::vector<std::string> &specs, const Graph &graph, const SampleOptions &options)
{
    std::vector<std::string> byInput(graph.inputs.size());
    std::string known;
    for (const TensorId id : graph.inputs)
        known += (known.empty() ? "'" : ", '") + std::string(graph.nameOf(id)) + "'";
    for (const std::string &spec : specs) {
        // Names may hold '=': the longest input name that fits counts.
        std::size_t best = graph.inputs.size(), length = 0;
        for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
            const std::string_view name = graph.nameOf(graph.inputs[i]);
            if (name.size() + 1 > length && spec.size() > name.size() && spec.starts_with(name) && spec[name.size()] == '=') {
                best = i;
                length = name.size() + 1;
            }
        }
        if (best == graph.inputs.size()) {
            if (specs.size() == 1)
                return open(spec, graph, options);
            return usageError("inputs '" + spec + "'", "it does not begin with NAME= of an input", "The inputs are " + known + ".");
        }
        if (!byInput[best].empty())
            return usageError("inputs '" + spec + "'", "this input has a set already", "Give each input once.");
        byInput[best] = spec.substr(length);
    }
    SampleSet result;
    std::size_t count = 1, longest = 0;
    for (std::size_t i = 0; i < byInput.size(); ++i) {
        const std::string name(graph.nameOf(graph.inputs[i]));
        if (byInput[i].empty())
            return usageError("inputs", "nothing feeds input '" + name + "'", "The inputs are " + known + ".");
        const Tensor &tensor = graph.tensor(graph.inputs[i]);
        Graph single;
        const TensorId id = single.addTensor(name, tensor.dtype, tensor.shape);
        single.tensor(id).isGraphInput = true;
        single.inputs = {id};
        auto set = open(byInput[i], single, options);
        NORDLYS_TRY(set);
        if (set->size() > 1 && count > 1 && set->size() != count)
            return badInput("inputs of '" + name + "'", "the set has " + std::to_string(set->size()) + " elements, another has " + std::to_string(count),
                            "Give sets of one length, or one element for all samples.");
        if (set->size() > count) {
            count = set->size();
            longest = i;
        }
        result.m_sets.push_back(std::move(*set));
    }
    if (result.m_sets.empty())
        return badInput("inputs", "the model has no inputs to feed");
    for (std::size_t s = 0; s < count; ++s)
        result.m_names.push_back(result.m_sets[longest].name(s));
    return result;
}

Expected<void> SampleSet::openFiles(const std::filesystem::path &path, const std::vector<std::string> &inputNames,
                                    const SampleOptions &options)
{
    std::error_code failed;
    const auto status = std::filesystem::status(path, failed);
    if (path.empty() || !std::filesystem::exists(status))
        return badInput("inputs '" + path.string() + "'", "there is no such file or folder");
    if (inputNames.empty())
        return badInput("inputs '" + path.string() + "'", "the model has no inputs to feed");
    if (std::filesystem::is_directory(status)) {
        auto files = filesOfFolder(path);
        NORDLYS_TRY(files);
        for (auto &file : *files)
            m_files.push_back({std::move(file)});
    } else if (isInputList(path)) {
        auto samples = readInputList(path, inputNames);
        NORDLYS_TRY(samples);
        m_kind = Kind::List;
        m_files = *std::move(samples);
    } else if (sampleFileKind(path) != SampleFileKind::None) {
        m_files.push_back({path});
    } else {
        return badInput(
            path.string(),
            "samples are a folder, a picture (.png, .jpg), a tensor (.npy, .pb, .raw), an input list (.txt) or random:SEED:N");
    }
    if (m_kind != Kind::List && inputNames.size() != 1) {
        return badInput("inputs '" + path.string() + "'",
                        "files feed one input, the model has " + std::to_string(inputNames.size()),
                        "Write an input list (.txt) with 'name:=path' for each of them.");
    }
    if (options.limit != 0 && m_files.size() > options.limit)
        m_files.resize(options.limit);
    for (const auto &files : m_files)
        m_names.push_back(files.front().filename().string());
    const auto isImage = [](const auto &files) { return sampleFileKind(files.front()) == SampleFileKind::Image; };
    if (m_kind != Kind::List)
        m_kind = isImage(m_files.front()) ? Kind::Images : Kind::Tensors;
    if (m_kind == Kind::Images ||
        (m_kind == Kind::List && inputNames.size() == 1 && std::any_of(m_files.begin(), m_files.end(), isImage)))
        return chooseRecipe(options);
    for (const auto &files : m_files) {
        for (const auto &file : files) {
            if (sampleFileKind(file) == SampleFileKind::Image)
                return badInput(file.string(), "pictures feed models with one input only");
        }
    }
    return {};
}

Expected<void> SampleSet::chooseRecipe(const SampleOptions &options)
{
    if (options.recipe) {
        m_recipe = *options.recipe;
        return {};
    }
    auto recipe = PreprocessRecipe::forInput(m_inputDims.front());
    NORDLYS_TRY(recipe);
    m_recipe = *std::move(recipe);
    if (!isFloat(m_inputTypes.front())) { // an integer input takes the pixels themselves
        for (PreprocessStep &step : m_recipe.steps) {
            if (auto *deviation = std::get_if<StdStep>(&step))
                deviation->values = {1.0};
        }
    }
    return {};
}

std::filesystem::path SampleSet::path(std::size_t index) const
{
    for (const SampleSet &set : m_sets) {
        if (set.size() == size() || size() == 1)
            return set.path(index);
    }
    if (index >= m_files.size())
        return {};
    std::error_code failed;
    auto full = std::filesystem::absolute(m_files[index].front(), failed);
    return failed ? m_files[index].front() : full;
}

std::vector<std::filesystem::path> SampleSet::paths(std::size_t index) const
{
    std::vector<std::filesystem::path> all;
    for (const SampleSet &set : m_sets) {
        const auto some = set.paths(set.size() == 1 ? 0 : index);
        all.insert(all.end(), some.begin(), some.end());
    }
    if (index >= m_files.size())
        return all;
    for (const std::filesystem::path &file : m_files[index]) {
        std::error_code failed;
        auto full = std::filesystem::absolute(file, failed);
        all.push_back(failed ? file : std::move(full));
    }
    return all;
}

Expected<Sample> SampleSet::load(std::size_t index) const
{
    if (index >= m_names.size())
        return internalError("sample " + std::to_string(index), "there are only " + std::to_string(m_names.size()));
    Sample sample;
    for (const SampleSet &set : m_sets) {
        auto part = set.load(set.size() == 1 ? 0 : index);
        NORDLYS_TRY(part);
        sample.push_back(std::move(part->front()));
    }
    for (std::size_t i = 0; i < m_inputDims.size(); ++i) {
        auto tensor = m_kind == Kind::Random ? randomTensor(m_seed, index, i, m_inputTypes[i], m_inputDims[i])
                                             : readSampleFile(m_files[index][i], m_inputTypes[i], m_inputDims[i], m_recipe);
        NORDLYS_TRY(tensor);
        sample.push_back(*std::move(tensor));
    }
    return sample;
}

std::string SampleSet::recipeText() const
{
    for (const SampleSet &set : m_sets) {
        if (std::string text = set.recipeText(); !text.empty())
            return text;
    }
    return m_recipe.text();
}

} // namespace nordlys::core
