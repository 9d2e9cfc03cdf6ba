// SPDX-License-Identifier: GPL-3.0-or-later
#include "encodings_export.h"

#include "text.h"

#include <core/base/atomic_file.h>
#include <core/export/qdq_model.h>
#include <core/quantization/encoding_document.h>

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace nordlys::studio {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(EncodingsExport)
};

constexpr std::array dialects{core::EncodingDialect::Dictionary061, core::EncodingDialect::List100,       core::EncodingDialect::Onnx200,
                              core::EncodingDialect::Onnx210,       core::EncodingDialect::Dictionary050, core::EncodingDialect::Dictionary040,
                              core::EncodingDialect::Seed,          core::EncodingDialect::Qdq};

QString nameFilter(core::EncodingDialect dialect)
{
    if (dialect == core::EncodingDialect::Qdq)
        return Texts::tr("Model with QuantizeLinear and DequantizeLinear (*.onnx)");
    return Texts::tr("Encodings, version %1 (*.encodings *.json)").arg(toQString(core::nameOf(dialect)));
}

QString sentence(const QString &what, const std::vector<core::EncodingLoss> &lost)
{
    const auto omitted = [](const core::EncodingLoss &loss) { return loss.omitted; };
    const auto leftOut = std::ranges::count_if(lost, omitted);
    QString text = what;
    if (leftOut > 0) {
        const core::EncodingLoss &first = *std::ranges::find_if(lost, omitted);
        text += Texts::tr("; %1 left out, the first is %2: %3").arg(leftOut).arg(toQString(first.tensor), toQString(first.what));
    } else if (!lost.empty()) {
        text += Texts::tr("; %1 changed, the first is %2: %3").arg(lost.size()).arg(toQString(lost.front().tensor), toQString(lost.front().what));
    }
    return text;
}

} // namespace

QStringList encodingNameFilters()
{
    QStringList filters;
    for (const core::EncodingDialect dialect : dialects)
        filters << nameFilter(dialect);
    return filters;
}

core::EncodingDialect dialectOfNameFilter(const QString &filter)
{
    for (const core::EncodingDialect dialect : dialects) {
        if (nameFilter(dialect) == filter)
            return dialect;
    }
    return dialects.front();
}

core::Expected<QString> exportEncodings(const Document &document, const core::EncodingSet &set, const std::filesystem::path &target,
                                        core::EncodingDialect dialect, const core::JobContext &job)
{
    const QString name = toQString(target.filename());
    std::error_code ignored;
    if (std::filesystem::equivalent(target, document.path, ignored))
        return core::badInput(target.filename().string(), Texts::tr("this is the open model").toStdString(), Texts::tr("Choose another name.").toStdString());
    if (dialect == core::EncodingDialect::Qdq) {
        const auto written = core::writeQdqModel(*document.model, set, target, {}, job);
        NORDLYS_TRY(written);
        return sentence(Texts::tr("%1 written, %2 activations, %3 weights, %4 biases").arg(name).arg(written->activations).arg(written->weights).arg(written->biases),
                        written->lost);
    }
    if (std::filesystem::exists(target, ignored)) {
        const auto there = core::EncodingDocument::read(target, &document.graph());
        if (there && there->dialect() == dialect) {
            const auto text = there->textWith(set);
            NORDLYS_TRY(text);
            NORDLYS_TRY(core::writeFileAtomically(target, std::string_view(*text)));
            return Texts::tr("%1 updated, %2 entries").arg(name).arg(set.entries.size());
        }
    }
    const auto written = core::newEncodingsText(dialect, set, &document.graph());
    NORDLYS_TRY(written);
    NORDLYS_TRY(core::writeFileAtomically(target, std::string_view(written->text)));
    return sentence(Texts::tr("%1 written, %2 entries").arg(name).arg(set.entries.size()), written->lost);
}

} // namespace nordlys::studio
