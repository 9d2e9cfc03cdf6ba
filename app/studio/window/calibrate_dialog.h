// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/path_field.h>
#include <studio/workspace/quantizer.h>

#include <QDialog>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace nordlys::studio {

class FieldGrid;
class InkLabel;
class MetricFields;
class SampleFields;

/// Asks for the inputs and the rules of a calibration.
class CalibrateDialog : public QDialog {
    Q_OBJECT

public:
    CalibrateDialog(const Workspace &workspace, QWidget *parent = nullptr);
    [[nodiscard]] CalibrationRequest request() const;

private:
    /// The choices that activations and weights have each.
    struct Side {
        QComboBox *method, *bits, *schema;
        QDoubleSpinBox *percentile;
    };
    Side makeSide(const QString &name, const char *prefix, core::RangeSchema schema);
    void addRanges(FieldGrid &grid);
    void addScope(FieldGrid &grid);
    void addVendorButton();
    void check();
    void countExcluded();

    const Workspace &m_workspace;
    SampleFields *m_samples = nullptr;
    Side m_activations{}, m_weights{};
    QComboBox *m_histogram;
    QCheckBox *m_perChannel, *m_keep, *m_reuse;
    QLineEdit *m_exclude;
    PathField *m_statistics;
    InkLabel *m_excluded;
    QLabel *m_problem;
    QPushButton *m_start = nullptr;
};

/// Asks for the inputs and labels of an evaluation.
class EvaluateDialog : public QDialog {
    Q_OBJECT

public:
    EvaluateDialog(const InputSource &inputs, const QString &labels, QWidget *parent = nullptr);
    [[nodiscard]] EvaluationRequest request() const;

private:
    void check();
    SampleFields *m_samples = nullptr;
    MetricFields *m_metric = nullptr;
    QLabel *m_problem;
    QPushButton *m_start = nullptr;
};

} // namespace nordlys::studio
