// SPDX-License-Identifier: GPL-3.0-or-later
#include "calibrate_dialog.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>
#include <studio/widgets/dialog_ending.h>
#include <studio/workspace/text.h>

#include <core/inputs/preprocess.h>

#include <QCheckBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>

namespace nordlys::studio {
namespace {

QComboBox *bitsBox(QWidget *parent)
{
    auto *box = new QComboBox(parent);
    for (const int bits : {4, 8, 16})
        box->addItem(QString::number(bits), bits);
    box->setCurrentIndex(1);
    return box;
}

QSpinBox *limitBox(QWidget *parent, const QString &all)
{
    auto *box = new QSpinBox(parent);
    box->setRange(0, 1000000);
    box->setSpecialValueText(all);
    return box;
}

QFormLayout *newForm()
{
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(metrics().gapHuge);
    form->setVerticalSpacing(metrics().gap);
    return form;
}

QLabel *problemLabel(QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setObjectName(QStringLiteral("problem"));
    QPalette palette = label->palette();
    palette.setColor(QPalette::WindowText, theme().error);
    label->setPalette(palette);
    return label;
}

/// A reason why these inputs cannot work, as far as a look at the file system tells.
QString problemOf(const QString &spec, const QString &preprocess)
{
    const auto text = [](const char *source) { return QCoreApplication::translate("CalibrateDialog", source); };
    if (spec.isEmpty())
        return text(QT_TRANSLATE_NOOP("CalibrateDialog",
                                      "Choose a folder with images, .npy, .pb or .raw files, or write random:SEED:N."));
    if (!spec.startsWith(QLatin1String("random:")) && !QFileInfo::exists(spec))
        return text(QT_TRANSLATE_NOOP("CalibrateDialog", "There is no such folder or file."));
    if (!preprocess.isEmpty()) {
        if (const auto recipe = core::PreprocessRecipe::parse(preprocess.toStdString()); !recipe)
            return toQString(recipe.error().text());
    }
    return {};
}

} // namespace

PathField::PathField(Kind kind, QWidget *parent) : QWidget(parent), m_kind(kind), m_edit(new QLineEdit(this))
{
    auto *choose = new QPushButton(tr("Choose…"), this);
    setBarSize(choose);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(metrics().gapSmall);
    row->addWidget(m_edit, 1);
    row->addWidget(choose);
    m_edit->setMinimumWidth(scaled(320));
    setFocusProxy(m_edit);
    connect(choose, &QPushButton::clicked, this, [this] {
        const QString chosen = m_kind == Kind::Folder
                                   ? QFileDialog::getExistingDirectory(this, tr("Folder of samples"), m_edit->text())
                                   : QFileDialog::getOpenFileName(this, tr("Labels"), m_edit->text(), tr("Labels (*.csv)"));
        if (!chosen.isEmpty())
            m_edit->setText(chosen);
    });
}

QString PathField::path() const { return m_edit->text().trimmed(); }

void PathField::setPath(const QString &path) { m_edit->setText(path); }

CalibrateDialog::CalibrateDialog(const InputSource &inputs, QWidget *parent)
    : QDialog(parent), m_inputs(new PathField(PathField::Kind::Folder, this)), m_limit(limitBox(this, tr("all"))),
      m_preprocess(new QLineEdit(this)), m_actBits(bitsBox(this)), m_weightBits(bitsBox(this)),
      m_perChannel(new QCheckBox(tr("One grid per output channel"), this)),
      m_actSymmetric(new QCheckBox(tr("Symmetric activations"), this)),
      m_weightSymmetric(new QCheckBox(tr("Symmetric weights"), this)), m_problem(problemLabel(this))
{
    setWindowTitle(tr("Calibrate"));
    setObjectName(QStringLiteral("calibrateDialog"));
    m_inputs->setPath(inputs.spec);
    m_inputs->edit().setObjectName(QStringLiteral("inputs"));
    m_limit->setValue(inputs.limit);
    m_preprocess->setText(inputs.preprocess);
    m_preprocess->setPlaceholderText(tr("automatic: size and channels of the model's input, 0 to 1"));
    m_weightSymmetric->setChecked(true);
    auto *method = new QComboBox(this);
    method->addItem(tr("min-max"));
    method->setToolTip(tr("The range is the smallest to the largest value seen."));

    QFormLayout *form = newForm();
    form->addRow(tr("Inputs"), m_inputs);
    form->addRow(tr("Samples"), m_limit);
    form->addRow(tr("Preprocessing"), m_preprocess);
    form->addRow(tr("Method"), method);
    form->addRow(tr("Activation bits"), m_actBits);
    form->addRow(tr("Weight bits"), m_weightBits);
    form->addRow(QString(), m_perChannel);
    form->addRow(QString(), m_weightSymmetric);
    form->addRow(QString(), m_actSymmetric);
    m_start = endDialog(this, form, m_problem, tr("Calibrate"));
    connect(&m_inputs->edit(), &QLineEdit::textChanged, this, &CalibrateDialog::check);
    connect(m_preprocess, &QLineEdit::textChanged, this, &CalibrateDialog::check);
    check();
}

void CalibrateDialog::check()
{
    const QString problem = problemOf(m_inputs->path(), m_preprocess->text().trimmed());
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_start->setEnabled(problem.isEmpty());
    setInvalid(&m_inputs->edit(), !m_inputs->path().isEmpty() && !problem.isEmpty());
}

CalibrationRequest CalibrateDialog::request() const
{
    CalibrationRequest request;
    request.inputs = {m_inputs->path(), m_preprocess->text().trimmed(), m_limit->value()};
    request.actBits = m_actBits->currentData().toInt();
    request.weightBits = m_weightBits->currentData().toInt();
    request.perChannel = m_perChannel->isChecked();
    request.actSymmetric = m_actSymmetric->isChecked();
    request.weightSymmetric = m_weightSymmetric->isChecked();
    return request;
}

EvaluateDialog::EvaluateDialog(const InputSource &inputs, const QString &labels, QWidget *parent)
    : QDialog(parent), m_inputs(new PathField(PathField::Kind::Folder, this)),
      m_labels(new PathField(PathField::Kind::Csv, this)), m_limit(limitBox(this, tr("all"))), m_preprocess(new QLineEdit(this)),
      m_problem(problemLabel(this))
{
    setWindowTitle(tr("Evaluate"));
    setObjectName(QStringLiteral("evaluateDialog"));
    m_inputs->setPath(inputs.spec);
    m_inputs->edit().setObjectName(QStringLiteral("inputs"));
    m_labels->setPath(labels);
    m_labels->edit().setPlaceholderText(tr("none: errors without accuracy"));
    m_limit->setValue(inputs.limit);
    m_preprocess->setText(inputs.preprocess);
    m_preprocess->setPlaceholderText(tr("automatic: size and channels of the model's input, 0 to 1"));
    QFormLayout *form = newForm();
    form->addRow(tr("Inputs"), m_inputs);
    form->addRow(tr("Labels"), m_labels);
    form->addRow(tr("Samples"), m_limit);
    form->addRow(tr("Preprocessing"), m_preprocess);
    m_start = endDialog(this, form, m_problem, tr("Evaluate"));
    connect(&m_inputs->edit(), &QLineEdit::textChanged, this, &EvaluateDialog::check);
    connect(&m_labels->edit(), &QLineEdit::textChanged, this, &EvaluateDialog::check);
    connect(m_preprocess, &QLineEdit::textChanged, this, &EvaluateDialog::check);
    check();
}

void EvaluateDialog::check()
{
    QString problem = problemOf(m_inputs->path(), m_preprocess->text().trimmed());
    const bool labelsMissing = !m_labels->path().isEmpty() && !QFileInfo::exists(m_labels->path());
    setInvalid(&m_labels->edit(), labelsMissing);
    if (problem.isEmpty() && labelsMissing)
        problem = tr("There is no such labels file.");
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_start->setEnabled(problem.isEmpty());
}

EvaluationRequest EvaluateDialog::request() const
{
    return {{m_inputs->path(), m_preprocess->text().trimmed(), m_limit->value()}, m_labels->path()};
}

} // namespace nordlys::studio
