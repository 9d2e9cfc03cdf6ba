// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding_forms.h"

#include "encoding_edits.h"
#include "text.h"

#include <algorithm>

namespace nordlys::studio {

EncodingForms::EncodingForms(const Workspace &workspace, core::TensorId tensor)
    : m_workspace(workspace), m_document(*workspace.document()), m_tensor(tensor), m_role(m_document.quantizableOf(tensor)),
      m_entry(workspace.encodings().find(m_document.graph().nameOf(tensor)))
{
}

bool EncodingForms::isLocked() const
{
    return std::ranges::any_of(m_document.tieGroup(m_tensor), [this](core::TensorId member) {
        const core::EncodingEntry *entry = m_workspace.encodings().find(m_document.graph().nameOf(member));
        return entry && entry->locked;
    });
}

QString EncodingForms::whyFixed() const
{
    if (!m_entry)
        return tr("This tensor has no encoding yet. Calibrate first.");
    if (m_role && m_role->kind == core::QuantizableKind::Bias)
        return tr("The bias follows from the scales of its input and weight.");
    if (m_entry->locked)
        return tr("The encoding is locked.");
    return isLocked() ? tr("A tensor that shares this encoding is locked.") : QString();
}

QString EncodingForms::whyNotSymmetric(bool symmetric) const
{
    if (const QString why = whyFixed(); !why.isEmpty())
        return why;
    const core::Encoding &now = m_entry->encoding;
    if (now.isFloat)
        return tr("A float16 encoding has no grid.");
    if (now.symmetric != symmetric && now.isBlockwise())
        return tr("Every block has a grid of its own. Calibrate per tensor or per channel to edit it.");
    return {};
}

QString EncodingForms::whyNotPerChannel(bool perChannel, const runtime::ChannelRanges *channels) const
{
    if (const QString why = whyFixed(); !why.isEmpty())
        return why;
    const core::Encoding &now = m_entry->encoding;
    if (now.isFloat)
        return tr("A float16 encoding has no grid.");
    if (now.isBlockwise())
        return tr("Every block has a grid of its own. Calibrate per tensor or per channel to edit it.");
    if (!perChannel || now.isPerChannel())
        return {};
    if (!m_role || m_role->kind != core::QuantizableKind::Weight)
        return tr("Backends take activations per tensor only.");
    if (m_role->channelAxis < 0)
        return tr("This operator takes its weight per tensor only.");
    return channels && !channels->min.empty() ? QString() : tr("The ranges of the channels are not known yet.");
}

QString EncodingForms::whyNotFloat16() const { return whyFixed(); }

QString EncodingForms::whyNotBits(int bits) const
{
    if (const QString why = whyFixed(); !why.isEmpty())
        return why;
    const core::Encoding &now = m_entry->encoding;
    if (now.isBlockwise() && !(now.bitwidth == bits && !now.isFloat))
        return tr("Every block has a grid of its own. Calibrate per tensor or per channel to edit it.");
    if (now.isFloat && !seen() && !(m_workspace.calibration() && m_workspace.calibration()->encodings.find(m_document.graph().nameOf(m_tensor))))
        return tr("No range is known. Calibrate first.");
    return {};
}

core::Expected<core::Change> EncodingForms::refuse(const QString &why) const
{
    return core::badInput(std::string(m_document.graph().nameOf(m_tensor)), why.toStdString());
}

core::Change EncodingForms::finish(const core::Encoding &encoding) const
{
    return EncodingEdits(m_document, m_workspace.edits()).setEncoding(m_tensor, encoding);
}

std::optional<std::pair<double, double>> EncodingForms::seen() const
{
    if (!m_workspace.calibration())
        return std::nullopt;
    std::optional<std::pair<double, double>> result;
    for (const core::TensorId member : m_document.tieGroup(m_tensor)) {
        const auto found = m_workspace.calibration()->ranges.find(m_document.graph().nameOf(member));
        if (found == m_workspace.calibration()->ranges.end())
            continue;
        result = result ? std::pair(std::min(result->first, found->second.min), std::max(result->second, found->second.max))
                        : std::pair(found->second.min, found->second.max);
    }
    return result;
}

core::Expected<core::Change> EncodingForms::setSymmetric(bool symmetric) const
{
    if (const QString why = whyNotSymmetric(symmetric); !why.isEmpty())
        return refuse(why);
    core::Encoding made = m_entry->encoding;
    core::RangeRule rule{.bitwidth = made.bitwidth, .symmetric = symmetric, .strictSymmetric = false, .unsignedSymmetric = false};
    const auto known = made.grids.size() == 1 ? seen() : std::nullopt;
    for (core::Grid &grid : made.grids) {
        double low = grid.min, high = grid.max;
        if (made.symmetric)
            low = grid.zeroPoint == 0 ? 0 : -grid.max; // the lowest code has no counterpart
        if (!symmetric && known && std::max(low, known->first) < std::min(high, known->second)) {
            low = std::max(low, known->first);
            high = std::min(high, known->second);
        }
        auto next = core::gridFromRange(low, high, rule);
        NORDLYS_TRY(next);
        grid = *next;
    }
    made.symmetric = symmetric;
    return finish(made);
}

core::Expected<core::Change> EncodingForms::setPerChannel(bool perChannel, const runtime::ChannelRanges *channels) const
{
    if (const QString why = whyNotPerChannel(perChannel, channels); !why.isEmpty())
        return refuse(why);
    core::Encoding made = m_entry->encoding;
    const core::RangeRule rule = ruleOf(made);
    if (perChannel == made.isPerChannel())
        return refuse(tr("It is so already."));
    if (perChannel) {
        made.axis = m_role->channelAxis;
        made.grids.clear();
        for (std::size_t i = 0; i < channels->min.size(); ++i) {
            auto grid = core::gridFromRange(channels->min[i], channels->max[i], rule);
            NORDLYS_TRY(grid);
            made.grids.push_back(*grid);
        }
    } else {
        double low = 0, high = 0;
        for (const core::Grid &grid : made.grids) {
            low = std::min(low, made.symmetric && grid.zeroPoint != 0 ? -grid.max : grid.min);
            high = std::max(high, grid.max);
        }
        auto grid = core::gridFromRange(low, high, rule);
        NORDLYS_TRY(grid);
        made.axis = -1;
        made.grids = {*grid};
    }
    return finish(made);
}

core::Expected<core::Change> EncodingForms::setFloat16() const
{
    if (const QString why = whyNotFloat16(); !why.isEmpty())
        return refuse(why);
    core::Encoding made;
    made.bitwidth = 16;
    made.isFloat = true;
    return finish(made);
}

core::Expected<core::Change> EncodingForms::setBits(int bits) const
{
    if (const QString why = whyNotBits(bits); !why.isEmpty())
        return refuse(why);
    if (!m_entry->encoding.isFloat)
        return EncodingEdits(m_document, m_workspace.edits()).setBits({m_tensor}, bits);
    const core::EncodingEntry *calibrated =
        m_workspace.calibration() ? m_workspace.calibration()->encodings.find(m_document.graph().nameOf(m_tensor)) : nullptr;
    if (calibrated && !calibrated->encoding.isFloat) {
        // The calibrated encoding at this width, as if it had been the one before.
        core::EditState state = m_workspace.edits();
        for (const core::TensorId member : m_document.tieGroup(m_tensor)) {
            if (const auto found = state.encodings.entries.find(m_document.graph().nameOf(member)); found != state.encodings.entries.end())
                found->second.encoding = calibrated->encoding;
        }
        return EncodingEdits(m_document, state).setBits({m_tensor}, bits);
    }
    const auto range = seen();
    if (!range)
        return refuse(tr("No range is known. Calibrate first."));
    const bool symmetric = m_role && m_role->kind == core::QuantizableKind::Weight;
    auto grid = core::gridFromRange(range->first, range->second, {.bitwidth = bits, .symmetric = symmetric, .strictSymmetric = false, .unsignedSymmetric = false});
    NORDLYS_TRY(grid);
    core::Encoding made;
    made.bitwidth = bits;
    made.symmetric = symmetric;
    made.grids = {*grid};
    return finish(made);
}

} // namespace nordlys::studio
