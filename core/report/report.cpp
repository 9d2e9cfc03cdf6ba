// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include <core/base/atomic_file.h>

#include <fmt/format.h>

#include <algorithm>

namespace nordlys::core {

Expected<ReportFormat> reportFormatOf(const std::filesystem::path &path)
{
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (extension == ".html" || extension == ".htm")
        return ReportFormat::Html;
    if (extension == ".json")
        return ReportFormat::Json;
    if (extension == ".csv")
        return ReportFormat::Csv;
    return usageError(path.string(),
                      extension.empty() ? "the format of a report is told by its extension, and there is none"
                                        : "a report cannot be written as '" + extension.substr(0, 32) + "'",
                      extension == ".pdf" ? "Use .html, .json or .csv; the studio writes PDF: nordlys-studio FILE --report F.pdf."
                                          : "Use .html, .json or .csv.");
}

Expected<void> writeReport(const ReportInput &input, const std::filesystem::path &path)
{
    const auto format = reportFormatOf(path);
    NORDLYS_TRY(format);
    switch (*format) {
    case ReportFormat::Html: return writeFileAtomically(path, reportHtml(input));
    case ReportFormat::Json: return writeFileAtomically(path, reportJson(input));
    case ReportFormat::Csv: return writeFileAtomically(path, reportCsv(input));
    }
    return internalError(path.string(), "unknown report format");
}

Expected<ReportModel> reportModelOf(std::shared_ptr<const Model> model, const JobContext &job)
{
    ReportModel result;
    result.file = model->path.filename().string();
    std::error_code failed;
    if (result.file == "model.onnx") {
        const std::filesystem::path folder =
            std::filesystem::absolute(model->path, failed).lexically_normal().parent_path().filename();
        if (!failed && !folder.empty())
            result.file = folder.string() + "/" + result.file;
    }
    std::error_code ignored;
    const auto add = [&](const std::filesystem::path &file) {
        if (const std::uintmax_t size = std::filesystem::file_size(file, ignored); !ignored)
            result.bytes += size;
    };
    add(model->path);
    for (const std::filesystem::path &file : model->externalFiles)
        add(file);
    auto hash = modelSha256(*model, job);
    NORDLYS_TRY(hash);
    result.sha256 = *std::move(hash);
    if (model->graph.nodes.size() > kMaxReportNodes) {
        result.notDrawn =
            fmt::format("{} operators are more than the {} that a page can show", model->graph.nodes.size(), kMaxReportNodes);
    } else {
        auto layout = layoutGraph(model->graph, {}, job);
        NORDLYS_TRY(layout);
        result.layout = *std::move(layout);
    }
    result.model = std::move(model);
    return result;
}

} // namespace nordlys::core
