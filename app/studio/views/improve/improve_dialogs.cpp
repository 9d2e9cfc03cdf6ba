// SPDX-License-Identifier: GPL-3.0-or-later
#include "improve_dialogs.h"

#include "field_grid.h"
#include "metric_fields.h"
#include "sample_fields.h"

#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/widgets/dialog_ending.h>
#include <studio/widgets/ink_label.h>
#include <studio/widgets/path_field.h>
#include <studio/workspace/text.h>

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileInfo>
#include <QLineEdit>
#include <QPushButton>
#include <QStandardPaths>

#include <filesystem>

namespace nordlys::studio {
namespace {

InputSource measuredInputs(const Workspace &workspace)
{
    InputSource source = workspace.evaluationInputs().spec.isEmpty() ? workspace.calibrationInputs() : workspace.evaluationInputs();
    if (source.limit == 0)
        source.limit = kImproveSamples;
    return source;
}

/// A sentence above the fields: what this does and what it costs.
void addIntroduction(FieldGrid &grid, const QString &text, QWidget *dialog)
{
    auto *label = new InkLabel(text, CellInk::Note, dialog);
    label->setWordWrap(true);
    label->setMinimumWidth(scaled(480));
    grid.addWidget(label, grid.rowCount(), 0, 1, 3);
}

QString suggestedTarget(const Document &document, const QString &ending)
{
    const QFileInfo source(toQString(document.path));
    const QString folder = QFileInfo(source.absolutePath()).isWritable() ? source.absolutePath()
                                                                         : QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    return folder + QLatin1Char('/') + source.completeBaseName() + ending + QStringLiteral(".onnx");
}

} // namespace

SensitivityDialog::SensitivityDialog(const Workspace &workspace, QWidget *parent) : QDialog(parent), m_problem(problemLabel(this))
{
    setWindowTitle(tr("Sensitivity"));
    setObjectName(QStringLiteral("sensitivityDialog"));
    auto *grid = new FieldGrid;
    addIntroduction(*grid, tr("Quantizes each layer alone, and leaves each alone in float: two measurements a layer over all samples."), this);
    m_samples = new SampleFields(measuredInputs(workspace), *grid, this);
    m_metric = new MetricFields(MetricFields::Offers::AnyMetric, workspace.labelsPath(), *grid, this);
    m_start = endDialog(this, grid, m_problem, tr("Measure"));
    connect(m_samples, &SampleFields::changed, this, &SensitivityDialog::check);
    connect(m_metric, &MetricFields::changed, this, &SensitivityDialog::check);
    check();
}

void SensitivityDialog::check()
{
    QString problem = m_samples->check();
    const QString metric = m_metric->check();
    if (problem.isEmpty())
        problem = metric;
    showProblem(m_problem, problem);
    m_start->setEnabled(problem.isEmpty());
}

SensitivityRequest SensitivityDialog::request() const { return {m_samples->source(), m_metric->request()}; }

MixedDialog::MixedDialog(const Workspace &workspace, QWidget *parent)
    : QDialog(parent), m_width(new QComboBox(this)), m_cost(new QComboBox(this)), m_budget(new QDoubleSpinBox(this)), m_problem(problemLabel(this))
{
    setWindowTitle(tr("Mixed precision"));
    setObjectName(QStringLiteral("mixedDialog"));
    auto *grid = new FieldGrid;
    addIntroduction(*grid,
                    tr("Finds the layers that are worth a higher width within a budget. Up to %1 layers every choice is measured; beyond, one "
                       "layer after the other is raised, the one that costs most noise first.")
                        .arg(runtime::MixedOptions().exactLayers),
                    this);
    m_width->setObjectName(QStringLiteral("width"));
    m_width->addItem(tr("16 bit"), static_cast<int>(runtime::HigherWidth::Int16));
    m_width->addItem(tr("float16"), static_cast<int>(runtime::HigherWidth::Float16));
    m_width->addItem(tr("float32"), static_cast<int>(runtime::HigherWidth::Float32));
    m_cost->setObjectName(QStringLiteral("cost"));
    m_cost->addItem(tr("multiplications (MACs)"), static_cast<int>(runtime::LayerCost::Macs));
    m_cost->addItem(tr("bytes of weights"), static_cast<int>(runtime::LayerCost::Bytes));
    m_budget->setObjectName(QStringLiteral("budget"));
    m_budget->setRange(0, 100);
    m_budget->setDecimals(1);
    m_budget->setValue(MixedRequest().budgetPercent);
    m_budget->setSuffix(tr(" % of all layers"));
    grid->addField(tr("Raise to"), m_width);
    grid->addField(tr("Cost"), m_cost);
    grid->addField(tr("Budget"), m_budget);
    m_samples = new SampleFields(measuredInputs(workspace), *grid, this);
    m_metric = new MetricFields(MetricFields::Offers::AnyMetric, workspace.labelsPath(), *grid, this);
    m_start = endDialog(this, grid, m_problem, tr("Search"));
    connect(m_samples, &SampleFields::changed, this, &MixedDialog::check);
    connect(m_metric, &MetricFields::changed, this, &MixedDialog::check);
    check();
}

void MixedDialog::check()
{
    QString problem = m_samples->check();
    const QString metric = m_metric->check();
    if (problem.isEmpty())
        problem = metric;
    showProblem(m_problem, problem);
    m_start->setEnabled(problem.isEmpty());
}

MixedRequest MixedDialog::request() const
{
    return {m_samples->source(), m_metric->request(), static_cast<runtime::HigherWidth>(m_width->currentData().toInt()),
            static_cast<runtime::LayerCost>(m_cost->currentData().toInt()), m_budget->value()};
}

RewriteDialog::RewriteDialog(Kind kind, const Workspace &workspace, QWidget *parent)
    : QDialog(parent), m_kind(kind), m_workspace(workspace), m_target(new PathField(PathField::Kind::NewModel, tr("New model"), this)),
      m_targetNote(new InkLabel(CellInk::Note, this)), m_problem(problemLabel(this))
{
    const bool equalizes = kind == Kind::Equalize;
    setWindowTitle(equalizes ? tr("Equalize") : tr("Correct biases"));
    setObjectName(equalizes ? QStringLiteral("equalizeDialog") : QStringLiteral("biasDialog"));
    auto *grid = new FieldGrid;
    addIntroduction(*grid,
                    equalizes ? tr("Balances the channel ranges of neighbouring layers, so that one grid fits all channels, and writes a new model. "
                                   "The float function stays as it is unless an option below says otherwise; the source is never changed.")
                              : tr("Quantized weights shift the mean of what a layer puts out; its bias gives that back. Uses the encodings as they "
                                   "are now and writes a new model; the source is never changed."),
                    this);
    m_target->edit().setObjectName(QStringLiteral("target"));
    if (const auto document = workspace.document())
        m_target->setPath(suggestedTarget(*document, equalizes ? QStringLiteral("_equalized") : QStringLiteral("_corrected")));
    grid->addField(tr("New model"), m_target);
    grid->addWide(m_targetNote);
    if (equalizes) {
        m_replaceClip = new QCheckBox(tr("Let ReLU6 between two layers become ReLU"), this);
        m_replaceClip->setObjectName(QStringLiteral("replaceClip"));
        m_replaceClip->setToolTip(tr("Changes the float function where values reached the limit"));
        m_absorbBias = new QCheckBox(tr("Move high biases into the next layer"), this);
        m_absorbBias->setObjectName(QStringLiteral("absorbBias"));
        m_absorbBias->setToolTip(tr("Changes the float function for values below the mean less three deviations"));
        grid->addWide(m_replaceClip);
        grid->addWide(m_absorbBias);
        connect(m_absorbBias, &QCheckBox::toggled, this, &RewriteDialog::check);
    }
    m_samples = new SampleFields(workspace.calibrationInputs(), *grid, this);
    m_samples->inputs().edit().setPlaceholderText(tr("none: from the statistics of BatchNormalization"));
    m_start = endDialog(this, grid, m_problem, tr("Write the new model"));
    connect(&m_target->edit(), &QLineEdit::textChanged, this, &RewriteDialog::check);
    connect(m_samples, &SampleFields::changed, this, &RewriteDialog::check);
    check();
}

QString RewriteDialog::checkTarget()
{
    const auto document = m_workspace.document();
    const QFileInfo target(m_target->path());
    m_targetNote->hide();
    if (m_target->path().isEmpty())
        return tr("Name the file of the new model.");
    if (target.suffix() != QLatin1String("onnx"))
        return tr("The name of the new model must end in .onnx.");
    if (target.isDir() || !target.absoluteDir().exists())
        return tr("The folder of the new model does not exist.");
    std::error_code ignored;
    if (document && std::filesystem::equivalent(toPath(m_target->path()), document->path, ignored))
        return tr("This is the source model, which stays as it is. Choose another name.");
    if (target.exists()) {
        m_targetNote->setText(tr("There is a file of this name; it is replaced."));
        m_targetNote->setInk(CellInk::Warn);
        m_targetNote->show();
    }
    return {};
}

void RewriteDialog::check()
{
    const bool needsSamples = m_kind == Kind::BiasCorrect || m_absorbBias->isChecked();
    m_samples->setEnabled(needsSamples);
    QString problem = checkTarget();
    setInvalid(&m_target->edit(), !problem.isEmpty());
    const QString samples = m_samples->check(true);
    if (problem.isEmpty() && needsSamples)
        problem = samples;
    showProblem(m_problem, problem);
    m_start->setEnabled(problem.isEmpty());
}

EqualizeRequest RewriteDialog::equalizeRequest() const
{
    return {m_target->path(), m_replaceClip && m_replaceClip->isChecked(), m_absorbBias && m_absorbBias->isChecked(), m_samples->source()};
}

BiasCorrectRequest RewriteDialog::biasCorrectRequest() const { return {m_target->path(), m_samples->source()}; }

} // namespace nordlys::studio
