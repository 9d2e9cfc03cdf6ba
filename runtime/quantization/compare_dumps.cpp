// SPDX-License-Identifier: Apache-2.0
#include "compare_dumps.h"

#include "error_sums.h"

#include <core/base/mapped_file.h>
#include <core/tensor/float_bits.h>
#include <core/tensor/host_tensor.h>
#include <runtime/base/thread_pool.h>
#include <runtime/session/session.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <map>
#include <set>
#include <unordered_map>

namespace nordlys::runtime {

namespace fs = std::filesystem;

std::string sanitizedName(std::string_view name)
{
    std::string result(name);
    for (char &c : result) {
        const bool stays = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        c = stays ? c : '_';
    }
    return result;
}

namespace {

constexpr std::size_t maxFiles = 200000;
constexpr std::uintmax_t maxIndexBytes = 64U << 20;

/// Dims with axis 1 moved to the end.
core::Dims channelsLastDims(const core::Dims &dims)
{
    core::Dims result = dims;
    if (dims.size() > 2)
        std::rotate(result.begin() + 1, result.begin() + 2, result.end());
    return result;
}

core::Dims withoutOnes(core::Dims dims)
{
    std::erase(dims, 1);
    return dims;
}

/// Values with the channels last, in the order of `dims`.
std::vector<float> channelsFirst(const std::vector<float> &values, const core::Dims &dims)
{
    std::size_t inner = 1;
    for (std::size_t i = 2; i < dims.size(); ++i)
        inner *= static_cast<std::size_t>(dims[i]);
    const auto outer = static_cast<std::size_t>(dims[0]), channels = static_cast<std::size_t>(dims[1]);
    std::vector<float> result(values.size());
    for (std::size_t n = 0; n < outer; ++n) {
        for (std::size_t c = 0; c < channels; ++c) {
            for (std::size_t i = 0; i < inner; ++i)
                result[(n * channels + c) * inner + i] = values[(n * inner + i) * channels + c];
        }
    }
    return result;
}

/// A file of a dump, read for a tensor.
struct Dump {
    std::vector<float> values;
    std::optional<core::Dims> dims; ///< of .npy
    bool codes = false;
};

template <typename Code>
std::vector<float> fromCodes(std::span<const std::byte> bytes, const core::Grid &grid)
{
    std::vector<float> values(bytes.size() / sizeof(Code));
    for (std::size_t i = 0; i < values.size(); ++i) {
        Code code{};
        std::memcpy(&code, bytes.data() + i * sizeof(Code), sizeof(Code));
        values[i] = static_cast<float>((static_cast<double>(code) - static_cast<double>(grid.zeroPoint)) * grid.scale);
    }
    return values;
}

const core::Grid *codeGrid(const core::EncodingEntry *entry, int bits)
{
    const bool fits = entry != nullptr && !entry->encoding.isFloat && entry->encoding.grids.size() == 1 && entry->encoding.bitwidth <= bits
                      && entry->encoding.bitwidth > bits - 8;
    return fits ? &entry->encoding.grids[0] : nullptr;
}

core::Expected<Dump> readRaw(const fs::path &path, std::size_t count, const core::EncodingEntry *entry)
{
    auto file = core::MappedFile::open(path);
    NORDLYS_TRY(file);
    const std::span<const std::byte> bytes = (*file)->bytes();
    Dump dump;
    if (bytes.size() == count * 4) {
        dump.values.resize(count);
        if (count > 0)
            std::memcpy(dump.values.data(), bytes.data(), bytes.size());
    } else if (const core::Grid *wide = codeGrid(entry, 16); bytes.size() == count * 2 && wide != nullptr) {
        dump.values = fromCodes<std::uint16_t>(bytes, *wide);
        dump.codes = true;
    } else if (bytes.size() == count * 2) {
        dump.values.resize(count);
        for (std::size_t i = 0; i < count; ++i) {
            std::uint16_t half = 0;
            std::memcpy(&half, bytes.data() + 2 * i, 2);
            dump.values[i] = core::floatFromHalf(half);
        }
    } else if (const core::Grid *narrow = codeGrid(entry, 8); bytes.size() == count && narrow != nullptr) {
        dump.values = fromCodes<std::uint8_t>(bytes, *narrow);
        dump.codes = true;
    } else {
        return core::badInput(path.string(), std::to_string(bytes.size()) + " bytes are not " + std::to_string(count) + " values");
    }
    return dump;
}

core::Expected<Dump> readArray(const fs::path &path, std::size_t count, const core::EncodingEntry *entry)
{
    auto array = core::readNpy(path);
    NORDLYS_TRY(array);
    if (array->elementCount() != count)
        return core::badInput(path.string(), "it holds " + core::shapeText(array->dims()) + ", not " + std::to_string(count) + " values");
    Dump dump;
    dump.dims = array->dims();
    const core::Grid *narrow = codeGrid(entry, 8), *wide = codeGrid(entry, 16);
    if (array->dtype() == core::DType::UInt8 && narrow != nullptr) {
        dump.values = fromCodes<std::uint8_t>(array->bytes(), *narrow);
        dump.codes = true;
    } else if (array->dtype() == core::DType::UInt16 && wide != nullptr) {
        dump.values = fromCodes<std::uint16_t>(array->bytes(), *wide);
        dump.codes = true;
    } else {
        auto floats = core::toFloat32(*array);
        NORDLYS_TRY(floats);
        dump.values.assign(floats->as<float>().begin(), floats->as<float>().end());
    }
    return dump;
}

/// The files of one dump by what they can be joined with.
class DumpFolder {
public:
    static core::Expected<DumpFolder> open(const fs::path &folder)
    {
        DumpFolder result;
        result.m_folder = folder;
        std::error_code error;
        for (auto it = fs::directory_iterator(folder, error); !error && it != fs::directory_iterator(); it.increment(error)) {
            const std::string ending = it->path().extension().string();
            if (!it->is_regular_file(error) || (ending != ".raw" && ending != ".npy"))
                continue;
            if (result.m_files.size() >= maxFiles)
                return core::badInput(folder.string(), "it holds more than " + std::to_string(maxFiles) + " files");
            result.m_files.insert(it->path().filename().string());
        }
        if (error)
            return core::badInput(folder.string(), error.message());
        result.readIndex(folder / "index.json");
        for (const std::string &file : result.m_files) {
            const std::string stem = fs::path(file).stem().string();
            result.m_byStem.emplace(stem, file);
            result.m_bySanitized[sanitizedName(stem)].push_back(file);
        }
        return result;
    }

    struct Found {
        std::string file;
        bool renamed = false;
    };
    [[nodiscard]] std::optional<Found> find(const std::string &tensor) const
    {
        if (const auto it = m_index.find(tensor); it != m_index.end())
            return Found{it->second, false};
        if (!m_index.empty())
            return std::nullopt; // the index says it all
        if (const auto it = m_byStem.find(tensor); it != m_byStem.end())
            return Found{it->second, false};
        const std::string plain = sanitizedName(tensor);
        for (const std::string &name : {plain, "_" + plain}) {
            if (const auto it = m_bySanitized.find(name); it != m_bySanitized.end() && it->second.size() == 1)
                return Found{it->second[0], true};
        }
        return std::nullopt;
    }
    [[nodiscard]] fs::path pathOf(const std::string &file) const { return m_folder / file; }
    [[nodiscard]] const std::set<std::string> &files() const { return m_files; }

private:
    /// {"tensors": [{"name", "file"}]}; anything else is passed over.
    void readIndex(const fs::path &path)
    {
        std::error_code error;
        const auto size = fs::file_size(path, error);
        if (error || size > maxIndexBytes)
            return;
        std::ifstream in(path);
        const auto json = nlohmann::json::parse(in, nullptr, false);
        if (!json.is_object() || !json.contains("tensors") || !json["tensors"].is_array())
            return;
        for (const auto &entry : json["tensors"]) {
            if (!entry.is_object() || !entry.contains("name") || !entry["name"].is_string() || !entry.contains("file") || !entry["file"].is_string())
                continue;
            const std::string file = fs::path(entry["file"].get<std::string>()).filename().string();
            if (m_files.contains(file))
                m_index.emplace(entry["name"].get<std::string>(), file);
        }
    }

    fs::path m_folder;
    std::set<std::string> m_files;
    std::map<std::string, std::string> m_index, m_byStem;
    std::map<std::string, std::vector<std::string>> m_bySanitized;
};

struct Sums {
    DumpError error;
    ErrorSums sums;
};

class DumpComparer {
public:
    DumpComparer(const DumpOptions &options) : m_options(options) {}

    /// One tensor of the present sample.
    void add(const TensorView &view, const DumpFolder &folder)
    {
        if (view.dtype != core::DType::Float32 || !m_seen.insert(std::string(view.name)).second)
            return;
        const std::string name(view.name);
        const auto found = folder.find(name);
        if (!found) {
            m_withoutFile.insert(name);
            return;
        }
        if (auto known = m_taken.find(found->file); known != m_taken.end()) {
            m_unused[found->file] = "it fits several tensors: " + known->second + ", " + name;
            return;
        }
        m_taken.emplace(found->file, name);
        auto ours = view.toHost();
        if (!ours)
            return;
        const core::EncodingEntry *entry = m_options.encodings.find(name);
        const fs::path path = folder.pathOf(found->file);
        auto dump = path.extension() == ".npy" ? readArray(path, view.elementCount, entry) : readRaw(path, view.elementCount, entry);
        if (!dump) {
            m_unused[found->file] = dump.error().why;
            return;
        }
        compare(name, *found, *ours, *dump);
    }
    void endSample(const DumpFolder &folder)
    {
        for (const std::string &file : folder.files()) {
            if (!m_taken.contains(file))
                m_unused.emplace(file, "no tensor has this name");
        }
        m_taken.clear();
        m_seen.clear();
    }

    [[nodiscard]] DumpComparison result(std::size_t samples) const
    {
        DumpComparison result;
        result.samples = samples;
        for (const Sums &sums : m_sums) {
            DumpError error = sums.error;
            error.sqnrDb = sqnrDb(sums.sums.signal, sums.sums.noise);
            error.cosine = cosineOf(sums.sums);
            error.maxAbsError = sums.sums.maxAbs;
            error.values = sums.sums.values;
            // A value that is no number makes every comparison false.
            if (!result.firstDivergence && !(error.sqnrDb >= m_options.divergesBelowDb))
                result.firstDivergence = result.tensors.size();
            result.tensors.push_back(std::move(error));
        }
        for (const auto &[file, why] : m_unused)
            result.unused.push_back({file, why});
        for (const std::string &name : m_withoutFile)
            result.withoutFile += m_index.contains(name) ? 0 : 1;
        return result;
    }

private:
    void compare(const std::string &name, const DumpFolder::Found &found, const core::HostTensor &ours, const Dump &dump)
    {
        const core::Dims &dims = ours.dims(), last = channelsLastDims(dims);
        const bool known = dump.dims.has_value();
        bool direct = !known || *dump.dims == dims, turned = dims.size() > 2 && (!known || *dump.dims == last);
        if (known && !direct && !turned) {
            direct = withoutOnes(*dump.dims) == withoutOnes(dims);
            turned = dims.size() > 2 && withoutOnes(*dump.dims) == withoutOnes(last);
        }
        if (!direct && !turned) {
            m_unused[found.file] = "its shape " + core::shapeText(*dump.dims) + " is not " + core::shapeText(dims) + " in either order";
            return;
        }
        const auto against = [&](const std::vector<float> &values) { return differenceOf(ours.as<float>().data(), values.data(), values.size(), m_pool); };
        ErrorSums sums;
        bool isTurned = false;
        if (direct)
            sums = against(dump.values);
        if (turned) {
            const ErrorSums other = against(channelsFirst(dump.values, dims));
            // The same in both orders: taken as ours.
            isTurned = !direct || other.noise < sums.noise;
            sums = isTurned ? other : sums;
        }
        const auto [it, isNew] = m_index.emplace(name, m_sums.size());
        if (isNew)
            m_sums.push_back({{name, found.file, found.renamed, isTurned, dump.codes}, {}});
        m_sums[it->second].error.file = found.file;
        m_sums[it->second].sums.add(sums);
    }

    const DumpOptions &m_options;
    ThreadPool m_pool{1};
    std::vector<Sums> m_sums;
    std::unordered_map<std::string, std::size_t> m_index;
    std::map<std::string, std::string> m_unused;
    std::map<std::string, std::string> m_taken; ///< files of the present sample and their tensors
    std::set<std::string> m_withoutFile, m_seen;
};

/// One folder per sample.
core::Expected<std::vector<fs::path>> foldersOf(const fs::path &folder, std::size_t samples)
{
    std::error_code error;
    if (!fs::is_directory(folder, error))
        return core::badInput(folder.string(), "it is no folder");
    if (fs::is_directory(folder / "Result_0", error)) {
        std::vector<fs::path> folders;
        for (std::size_t i = 0; i < samples; ++i) {
            folders.push_back(folder / ("Result_" + std::to_string(i)));
            if (!fs::is_directory(folders.back(), error))
                return core::usageError(folder.string(), "there are " + std::to_string(samples) + " samples and no " + folders.back().filename().string(),
                                        "Give as many samples as there are folders, or --limit N.");
        }
        return folders;
    }
    if (samples != 1)
        return core::usageError(folder.string(), "it holds the tensors of one inference, there are " + std::to_string(samples) + " samples",
                                "Use --limit 1, or a folder with Result_0, Result_1 ...");
    // What `infer --tensors all -o DIR` leaves in DIR.
    return std::vector<fs::path>{fs::is_regular_file(folder / "tensors/index.json", error) ? folder / "tensors" : folder};
}

} // namespace

core::Expected<DumpComparison> compareDumps(std::shared_ptr<const core::Model> model, const core::SampleSet &samples, const fs::path &folder,
                                            const DumpOptions &options, const core::JobContext &job)
{
    auto folders = foldersOf(folder, samples.size());
    NORDLYS_TRY(folders);
    PlanOptions plan;
    plan.precision = options.precision;
    plan.encodings = options.precision == Precision::Float32 ? core::EncodingSet() : options.encodings;
    // Float32: every tensor of the source exists. Encodings mean the weights behind folded norms: there, what is encoded and stored is compared.
    plan.optimize = options.precision != Precision::Float32;
    if (options.precision == Precision::Integer) {
        for (const auto &[name, entry] : options.encodings.entries) {
            if (entry.kind == core::EncodingKind::Activation)
                plan.keepTensors.push_back(name);
        }
    }
    auto built = Plan::build(std::move(model), plan, job);
    NORDLYS_TRY(built);
    auto session = Session::create(*built, 1);
    NORDLYS_TRY(session);
    DumpComparer comparer(options);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        job.report(i, samples.size(), "comparing");
        auto dump = DumpFolder::open((*folders)[i]);
        NORDLYS_TRY(dump);
        if (dump->files().empty())
            return core::badInput((*folders)[i].string(), "there is no .raw or .npy file in it");
        auto inputs = samples.load(i);
        NORDLYS_TRY(inputs);
        NORDLYS_TRY((*session)->run(*inputs, [&](const TensorView &view) { comparer.add(view, *dump); }, job.stop));
        comparer.endSample(*dump);
    }
    return comparer.result(samples.size());
}

} // namespace nordlys::runtime
