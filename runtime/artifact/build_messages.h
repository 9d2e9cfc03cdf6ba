// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "build_tracker.h"

#include <core/quantization/encoding_file.h>
#include <runtime/plan/plan.h>

namespace nordlys::runtime {

/// One error a node whose operator has no kernel.
void sayUnsupported(const core::Graph &graph, BuildTracker &tracker);
/// One warning a rule of the standard that a node breaks.
void sayFindings(const core::Model &model, BuildTracker &tracker);
/// One warning a tensor without encoding, a foreign, renamed or rule-breaking entry.
void sayCoverage(const core::EncodingCoverage &coverage, const core::Graph &graph, BuildTracker &tracker);
/// What became of each node: fused, folded, removed, or left to a plain kernel although it computes.
void sayPlan(const Plan &plan, BuildTracker &tracker);

} // namespace nordlys::runtime
