// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/quantizer.h>

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace nordlys::studio {

/// A field for a folder or file with a button that opens the desktop's dialog.
class PathField : public QWidget {
    Q_OBJECT

public:
    enum class Kind { Folder, Csv };
    PathField(Kind kind, QWidget *parent = nullptr);
    [[nodiscard]] QString path() const;
    void setPath(const QString &path);
    [[nodiscard]] QLineEdit &edit() { return *m_edit; }

private:
    Kind m_kind;
    QLineEdit *m_edit;
};

/// Asks for the inputs and the rules of a calibration.
class CalibrateDialog : public QDialog {
    Q_OBJECT

public:
    CalibrateDialog(const InputSource &inputs, QWidget *parent = nullptr);
    [[nodiscard]] CalibrationRequest request() const;

private:
    void check();
    PathField *m_inputs;
    QSpinBox *m_limit;
    QLineEdit *m_preprocess;
    QComboBox *m_actBits, *m_weightBits;
    QCheckBox *m_perChannel, *m_actSymmetric, *m_weightSymmetric;
    QLabel *m_problem;
    QPushButton *m_start;
};

/// Asks for the inputs and labels of an evaluation.
class EvaluateDialog : public QDialog {
    Q_OBJECT

public:
    EvaluateDialog(const InputSource &inputs, const QString &labels, QWidget *parent = nullptr);
    [[nodiscard]] EvaluationRequest request() const;

private:
    void check();
    PathField *m_inputs, *m_labels;
    QSpinBox *m_limit;
    QLineEdit *m_preprocess;
    QLabel *m_problem;
    QPushButton *m_start;
};

} // namespace nordlys::studio
