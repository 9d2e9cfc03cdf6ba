// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/improver.h>

#include <QDialog>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;

namespace nordlys::studio {

class InkLabel;
class MetricFields;
class PathField;
class SampleFields;

/// Samples that a measurement takes where the source says "all": every layer is measured twice over them.
constexpr int kImproveSamples = 32;

/// Asks what sensitivity is measured over and by.
class SensitivityDialog : public QDialog {
    Q_OBJECT

public:
    explicit SensitivityDialog(const Workspace &workspace, QWidget *parent = nullptr);
    [[nodiscard]] SensitivityRequest request() const;

private:
    void check();
    SampleFields *m_samples = nullptr;
    MetricFields *m_metric = nullptr;
    QLabel *m_problem;
    QPushButton *m_start = nullptr;
};

/// Asks what a search for mixed precision may cost and what it aims at.
class MixedDialog : public QDialog {
    Q_OBJECT

public:
    explicit MixedDialog(const Workspace &workspace, QWidget *parent = nullptr);
    [[nodiscard]] MixedRequest request() const;

private:
    void check();
    SampleFields *m_samples = nullptr;
    MetricFields *m_metric = nullptr;
    QComboBox *m_width, *m_cost;
    QDoubleSpinBox *m_budget;
    QLabel *m_problem;
    QPushButton *m_start = nullptr;
};

/// Asks where Equalize or Bias-correct writes its model, and what it may look at.
class RewriteDialog : public QDialog {
    Q_OBJECT

public:
    enum class Kind { Equalize, BiasCorrect };
    RewriteDialog(Kind kind, const Workspace &workspace, QWidget *parent = nullptr);
    [[nodiscard]] EqualizeRequest equalizeRequest() const;
    [[nodiscard]] BiasCorrectRequest biasCorrectRequest() const;

private:
    void check();
    [[nodiscard]] QString checkTarget();

    const Kind m_kind;
    const Workspace &m_workspace;
    PathField *m_target;
    InkLabel *m_targetNote;
    QCheckBox *m_replaceClip = nullptr, *m_absorbBias = nullptr;
    SampleFields *m_samples = nullptr;
    QLabel *m_problem;
    QPushButton *m_start = nullptr;
};

} // namespace nordlys::studio
