// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "document.h"

#include <core/quantization/encoding_dialect.h>
#include <core/quantization/encoding_set.h>

#include <QString>

namespace nordlys::studio {

/// Writes the encodings of a model in a dialect; for EncodingDialect::Qdq as a new model. A file of that dialect which is there already is updated: entries that
/// say the same keep their bytes, and what was not understood stays. Returns what happened in a sentence: how many entries, what the dialect cannot
/// say. Errors of core's writers; BadInput where the target is the model itself. Worker thread.
core::Expected<QString> exportEncodings(const Document &document, const core::EncodingSet &set, const std::filesystem::path &target,
                                        core::EncodingDialect dialect, const core::JobContext &job);

/// Name filters of file dialogs: one for each dialect that can be written, the usual one first; and back.
QStringList encodingNameFilters();
core::EncodingDialect dialectOfNameFilter(const QString &filter);

} // namespace nordlys::studio
