// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/chip.h>

#include <core/profile/run_statistics.h>

namespace nordlys::studio {

/// The chip of a run's verdict.
inline Verdict verdictOf(const core::Verdict &verdict)
{
    switch (verdict.level) {
    case core::VerdictLevel::Trusted: return Verdict::Trusted;
    case core::VerdictLevel::Noisy: return Verdict::Noisy;
    case core::VerdictLevel::Throttled: return Verdict::Throttled;
    case core::VerdictLevel::Fallback: return Verdict::FellBack;
    case core::VerdictLevel::TooFew: return Verdict::TooFew;
    case core::VerdictLevel::Interrupted: return Verdict::Interrupted;
    case core::VerdictLevel::Failed: return Verdict::Failed;
    }
    return Verdict::TooFew;
}

} // namespace nordlys::studio
