// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "document.h"

#include <core/project/change.h>
#include <runtime/quantization/calibrate.h>

#include <QCoreApplication>

#include <vector>

namespace nordlys::studio {

/// How ranges become a grid of the kind that this encoding has.
core::RangeRule ruleOf(const core::Encoding &encoding);

enum class EncodingField { Bits, Min, Max, Scale, ZeroPoint };

/// Turns what a person types into core changes. Every function returns one batch that covers the whole tie group of each tensor
/// and the biases whose scale follows from it; BadInput says in the window's language what is wrong with the value.
class EncodingEdits {
    Q_DECLARE_TR_FUNCTIONS(EncodingEdits)

public:
    EncodingEdits(const Document &document, const core::EditState &state) : m_document(document), m_state(state) {}

    /// Sets one number of one tensor's encoding. Scale and zero point keep the other of the two; min and max keep the other end.
    [[nodiscard]] core::Expected<core::Change> setField(core::TensorId tensor, EncodingField field, double value) const;
    /// Sets min and max together (both ends of a drawn range).
    [[nodiscard]] core::Expected<core::Change> setRange(core::TensorId tensor, double min, double max) const;
    /// Same bit width for several tensors, ranges kept. Biases, float encodings and locked ones are left out.
    [[nodiscard]] core::Expected<core::Change> setBits(const std::vector<core::TensorId> &tensors, int bits) const;
    /// Symmetric around zero, or not, over the same ends; an asymmetric grid leaves out what `seen` (may be null) never had. Biases, float encodings,
    /// several grids and locked ones are left out.
    [[nodiscard]] core::Expected<core::Change> setSymmetric(const std::vector<core::TensorId> &tensors, bool symmetric,
                                                            const std::map<std::string, runtime::ObservedRange, std::less<>> *seen) const;
    /// Locks or unlocks the tensors' groups. A locked encoding is changed by no edit and no calibration.
    [[nodiscard]] core::Expected<core::Change> setLocked(const std::vector<core::TensorId> &tensors, bool locked) const;
    /// One of the tensor's group is locked.
    [[nodiscard]] bool isLocked(core::TensorId tensor) const;
    /// Entries of `source` for several tensors; locked ones stay.
    [[nodiscard]] core::Expected<core::Change> revert(const std::vector<core::TensorId> &tensors,
                                                      const core::EncodingSet &source) const;
    /// A whole encoding, which must be one that the tensor can have; what it says of kind and lock stays.
    [[nodiscard]] core::Change setEncoding(core::TensorId tensor, const core::Encoding &encoding) const;
    /// Why this field of this tensor cannot be edited; empty when it can.
    [[nodiscard]] QString whyNotEditable(core::TensorId tensor, EncodingField field) const;

private:
    using Entries = std::map<core::TensorId, core::EncodingEntry>;
    [[nodiscard]] core::Expected<core::Encoding> edited(const core::Encoding &old, EncodingField field, double value) const;
    [[nodiscard]] core::Expected<core::Encoding> withRange(const core::Encoding &old, double min, double max) const;
    [[nodiscard]] core::Expected<core::Encoding> withBits(const core::Encoding &old, int bits) const;
    /// The same encoding for all members of the tensor's group.
    void spread(Entries &entries, core::TensorId tensor, const core::Encoding &encoding) const;
    /// Adds the biases that follow from changed scales, and makes the batch.
    [[nodiscard]] core::Change finish(Entries entries, std::string title) const;
    [[nodiscard]] core::Change batchOf(Entries entries, std::string title) const;
    [[nodiscard]] const core::EncodingEntry *entryOf(core::TensorId tensor) const;
    [[nodiscard]] core::Error wrong(const QString &what, const QString &why) const;

    const Document &m_document;
    const core::EditState &m_state;
};

} // namespace nordlys::studio
