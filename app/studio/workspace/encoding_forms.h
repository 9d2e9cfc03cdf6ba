// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace.h"

#include <runtime/quantization/channel_ranges.h>

#include <QCoreApplication>

namespace nordlys::studio {

/// Turns an encoding into one of another form: symmetric or not, one grid or one per channel, float16 or codes. Each is one change for the tensor's whole
/// group, with the biases that follow. GUI thread only.
class EncodingForms {
    Q_DECLARE_TR_FUNCTIONS(EncodingForms)

public:
    EncodingForms(const Workspace &workspace, core::TensorId tensor);

    /// Why the encoding cannot be edited at all: none, a bias, locked (it or a member of its group); empty: it can.
    [[nodiscard]] QString whyFixed() const;
    /// Why it cannot have this form, or how it could; empty: it can. A form that it has already can always be had.
    [[nodiscard]] QString whyNotSymmetric(bool symmetric) const;
    /// `channels`: the weight's ranges, as far as they are known.
    [[nodiscard]] QString whyNotPerChannel(bool perChannel, const runtime::ChannelRanges *channels) const;
    [[nodiscard]] QString whyNotFloat16() const;
    [[nodiscard]] QString whyNotBits(int bits) const;

    /// The same range on another kind of grid; an asymmetric one covers what was seen, as far as the range did.
    [[nodiscard]] core::Expected<core::Change> setSymmetric(bool symmetric) const;
    /// One grid per channel over the channel's range, or one over all of them.
    [[nodiscard]] core::Expected<core::Change> setPerChannel(bool perChannel, const runtime::ChannelRanges *channels) const;
    [[nodiscard]] core::Expected<core::Change> setFloat16() const;
    /// Codes of this width; from float16 over the calibrated range, else over what was seen.
    [[nodiscard]] core::Expected<core::Change> setBits(int bits) const;

    [[nodiscard]] bool isLocked() const;
    [[nodiscard]] const core::EncodingEntry *entry() const { return m_entry; }

private:
    [[nodiscard]] core::Change finish(const core::Encoding &encoding) const;
    [[nodiscard]] core::Expected<core::Change> refuse(const QString &why) const;
    /// What calibration saw of the group; nothing without one.
    [[nodiscard]] std::optional<std::pair<double, double>> seen() const;

    const Workspace &m_workspace;
    const Document &m_document;
    core::TensorId m_tensor;
    const core::QuantizableTensor *m_role;
    const core::EncodingEntry *m_entry;
};

} // namespace nordlys::studio
