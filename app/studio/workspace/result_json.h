// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace.h"

namespace nordlys::studio {

/// Compact JSON of what calibration saw and of an evaluation, for the project's view state: reopening shows the same numbers
/// without computing them again. Infinite values are null. Readers accept anything and return nothing where the text is not
/// theirs.
QString rangesToJson(const CalibrationState &calibration);
std::optional<CalibrationState> rangesFromJson(const QString &text);
QString evaluationToJson(const runtime::Evaluation &evaluation);
std::optional<runtime::Evaluation> evaluationFromJson(const QString &text);

} // namespace nordlys::studio
