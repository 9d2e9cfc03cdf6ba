// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/encoding_edits.h>
#include <studio/workspace/workspace.h>

#include <QAbstractTableModel>

#include <optional>
#include <vector>

namespace nordlys::studio {

class Checkpoints;
class RuleStates;

/// Tensors that have or can have an encoding, as rows, with the edit in progress and the numbers of LiveMetrics. Editable cells become one undo step
/// each; a refused value changes nothing. Changed is what differs from the checkpoint that is compared with, else from the calibration.
class EncodingsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        Tensor,
        Bits,
        SeenRange,
        EncodedRange,
        Clipped,
        Dead,
        LocalSqnr,
        InheritedSqnr,
        Error, ///< both as bars: noise relative to the signal, as amplitudes, the column's largest is the whole width
        Kind,
        TotalSqnr,
        Min,
        Max,
        Scale,
        ZeroPoint,
        Symmetric,
        Group,
        ColumnCount
    };

    explicit EncodingsModel(Workspace &workspace, QObject *parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;

    /// Why this text cannot be the cell's value; empty: it can.
    [[nodiscard]] QString whyInvalid(const QModelIndex &index, const QString &text) const;
    [[nodiscard]] core::TensorId tensorOf(int row) const;
    [[nodiscard]] int rowOf(core::TensorId tensor) const;
    /// Does every term of the filter match? An operator stands for those fused before it as well: op:Conv finds the output of Conv and Relu.
    /// op:DepthwiseConv and op:GroupConv name such convolutions, which are op:Conv too.
    [[nodiscard]] bool matches(int row, const QString &query) const;
    /// Column that a "sort:" term names ("sqnr", "inherited", "clip" ...), and whether the largest come first; -1: no such column.
    static std::pair<int, bool> sortColumn(const QString &name);
    [[nodiscard]] bool isChanged(int row) const;
    [[nodiscard]] bool isLocked(int row) const;
    [[nodiscard]] const RuleStates &rules() const { return *m_rules; }

    /// SQNR that a tensor inherits, in dB: its total noise without that of its own rounding. Noises add up where they are independent, which is the
    /// assumption: signal / (total noise - local noise). Not less noise than a thousandth of the total: what is left of two nearly equal sums is nothing to
    /// rely on. NaN where one is not known.
    static double inheritedDb(double totalDb, double localDb);
    [[nodiscard]] QString kindText(core::QuantizableKind kind) const;

Q_SIGNALS:
    void editRefused(const QString &why);

private:
    void rebuild();
    void refresh();
    [[nodiscard]] const core::QuantizableTensor &role(int row) const;
    [[nodiscard]] const core::EncodingEntry *entry(int row) const;
    [[nodiscard]] const core::Grid *grid(int row) const; ///< null: no single grid
    [[nodiscard]] const runtime::ObservedRange *seen(int row) const;
    [[nodiscard]] const runtime::TensorError *error(int row) const;
    /// The encoding that changes are seen against; null: there is none.
    [[nodiscard]] const core::EncodingEntry *former(int row) const;
    /// The numbers are of before some edits.
    [[nodiscard]] bool isStale(int row) const;
    [[nodiscard]] QString encodedText(const core::EncodingEntry *entry) const;
    void scaleErrors();
    [[nodiscard]] QStringList opsOf(core::TensorId tensor) const;
    [[nodiscard]] QVariant icon(int row, int role) const;
    [[nodiscard]] QVariant ink(int row, int column) const;
    [[nodiscard]] QString tensorTip(int row) const;
    [[nodiscard]] QVariant display(int row, int column) const;
    [[nodiscard]] QVariant number(int row, int column) const;
    [[nodiscard]] QVariant tip(int row, int column) const;

    Workspace &m_workspace;
    Checkpoints &m_checkpoints;
    RuleStates *m_rules;
    std::shared_ptr<const Document> m_document;
    double m_mostNoise = 0; ///< of the Error column
    std::unordered_map<core::TensorId, int> m_rows;
};

} // namespace nordlys::studio
