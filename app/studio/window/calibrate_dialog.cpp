// SPDX-License-Identifier: GPL-3.0-or-later
#include "calibrate_dialog.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/views/improve/field_grid.h>
#include <studio/views/improve/metric_fields.h>
#include <studio/views/improve/sample_fields.h>
#include <studio/widgets/dialog_ending.h>
#include <studio/widgets/ink_label.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/text.h>

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileInfo>
#include <QGuiApplication>
#include <QLineEdit>
#include <QPushButton>

namespace nordlys::studio {

using core::RangeMethod;
using core::RangeSchema;

CalibrateDialog::Side CalibrateDialog::makeSide(const QString &name, const char *prefix, RangeSchema schema)
{
    Side side{new QComboBox(this), new QComboBox(this), new QComboBox(this), new QDoubleSpinBox(this)};
    const struct {
        RangeMethod method;
        QString tip;
    } methods[] = {
        {RangeMethod::MinMax, tr("From the smallest to the largest value seen")},
        {RangeMethod::Percentile, tr("What lies outside the percentile is cut off")},
        {RangeMethod::Mse, tr("The lowest mean squared error of what was seen")},
        {RangeMethod::Entropy, tr("The lowest relative entropy (KL); only at 8 bits, min-max otherwise")},
        {RangeMethod::Sqnr, tr("The lowest noise, with clipping weighted three times (tf_enhanced)")},
    };
    for (const auto &[method, tip] : methods) {
        side.method->addItem(toQString(core::nameOf(method)), static_cast<int>(method));
        side.method->setItemData(side.method->count() - 1, tip, Qt::ToolTipRole);
    }
    side.percentile->setRange(50.01, 100);
    side.percentile->setDecimals(3);
    side.percentile->setSingleStep(0.01);
    side.percentile->setValue(core::RangeChoice().percentile);
    for (const int bits : {4, 8, 16})
        side.bits->addItem(tr("%1 bit").arg(bits), bits);
    side.bits->setCurrentIndex(1);
    const struct {
        RangeSchema schema;
        QString text;
    } schemas[] = {{RangeSchema::Asymmetric, tr("asymmetric")},
                   {RangeSchema::Symmetric, tr("symmetric")},
                   {RangeSchema::UnsignedSymmetric, tr("unsigned symmetric")},
                   {RangeSchema::StrictSymmetric, tr("strict symmetric")}};
    for (const auto &[value, text] : schemas) {
        side.schema->addItem(text, static_cast<int>(value));
        if (value == schema)
            side.schema->setCurrentIndex(side.schema->count() - 1);
    }
    const struct {
        QWidget *field;
        QString what, object;
    } names[] = {{side.method, tr("Method"), QStringLiteral("Method")},
                 {side.percentile, tr("Percentile"), QStringLiteral("Percentile")},
                 {side.bits, tr("Bits"), QStringLiteral("Bits")},
                 {side.schema, tr("Grid"), QStringLiteral("Schema")}};
    for (const auto &[field, what, object] : names) {
        field->setAccessibleName(tr("%1 of %2").arg(what, name));
        field->setObjectName(QString::fromLatin1(prefix) + object);
    }
    connect(side.method, &QComboBox::currentIndexChanged, this, &CalibrateDialog::check);
    connect(side.bits, &QComboBox::currentIndexChanged, this, &CalibrateDialog::check);
    return side;
}

CalibrateDialog::CalibrateDialog(const Workspace &workspace, QWidget *parent)
    : QDialog(parent), m_workspace(workspace), m_histogram(new QComboBox(this)),
      m_perChannel(new QCheckBox(tr("One grid per output channel"), this)),
      m_keep(new QCheckBox(tr("Keep all encodings there are, only fill what is missing"), this)), m_reuse(new QCheckBox(this)),
      m_exclude(new QLineEdit(this)), m_statistics(new PathField(PathField::Kind::Statistics, tr("Statistics"), this)),
      m_excluded(new InkLabel(CellInk::Note, this)), m_problem(problemLabel(this))
{
    setWindowTitle(tr("Calibrate"));
    setObjectName(QStringLiteral("calibrateDialog"));
    auto *grid = new FieldGrid;
    m_samples = new SampleFields(workspace.calibrationInputs(), *grid, this);
    addRanges(*grid);
    addScope(*grid);
    m_start = endDialog(this, grid, m_problem, tr("Calibrate"));
    addVendorButton();
    connect(m_samples, &SampleFields::changed, this, &CalibrateDialog::check);
    connect(m_exclude, &QLineEdit::textChanged, this, &CalibrateDialog::countExcluded);
    connect(&m_statistics->edit(), &QLineEdit::textChanged, this, &CalibrateDialog::check);
    connect(m_histogram, &QComboBox::currentIndexChanged, this, &CalibrateDialog::check);
    connect(m_reuse, &QCheckBox::toggled, this, &CalibrateDialog::check);
    countExcluded();
    check();
}

void CalibrateDialog::addRanges(FieldGrid &grid)
{
    grid.addHeadings(tr("Activations"), tr("Weights"));
    m_activations = makeSide(tr("activations"), "act", RangeSchema::Asymmetric);
    m_weights = makeSide(tr("weights"), "weight", RangeSchema::Symmetric);
    grid.addField(tr("Method"), m_activations.method, m_weights.method);
    grid.addField(tr("Percentile"), m_activations.percentile, m_weights.percentile);
    grid.addField(tr("Bits"), m_activations.bits, m_weights.bits);
    grid.addField(tr("Grid"), m_activations.schema, m_weights.schema);
    m_perChannel->setObjectName(QStringLiteral("perChannel"));
    grid.addWidget(m_perChannel, grid.rowCount(), 2);
    m_histogram->setObjectName(QStringLiteral("histogram"));
    m_histogram->addItem(tr("growing: all values, coarser as the range grows"), static_cast<int>(core::HistogramMode::Growing));
    m_histogram->addItem(tr("first batch: its range fixes the bins (tf_enhanced)"), static_cast<int>(core::HistogramMode::FirstBatch));
    m_histogram->setToolTip(tr("How values of many samples come together; vendors' tools differ in it"));
    grid.addField(tr("Histograms"), m_histogram);
}

void CalibrateDialog::addScope(FieldGrid &grid)
{
    m_exclude->setObjectName(QStringLiteral("exclude"));
    m_exclude->setPlaceholderText(tr("none; such as op:Softmax; */head/* with ; between queries"));
    grid.addField(tr("Leave out"), m_exclude);
    m_excluded->setObjectName(QStringLiteral("excludedCount"));
    grid.addWide(m_excluded);
    m_keep->setObjectName(QStringLiteral("keepPresent"));
    m_keep->setToolTip(tr("Locked encodings stay in any case"));
    m_keep->setVisible(!m_workspace.encodings().empty());
    grid.addWide(m_keep);
    m_statistics->edit().setObjectName(QStringLiteral("statistics"));
    m_statistics->edit().setPlaceholderText(tr("none; a file to go on from and to write to"));
    grid.addField(tr("Statistics"), m_statistics);
    m_reuse->setObjectName(QStringLiteral("reuse"));
    const auto &calibration = m_workspace.calibration();
    m_reuse->setVisible(calibration && calibration->statistics);
    if (calibration && calibration->statistics)
        m_reuse->setText(tr("No new run: ranges from what the last calibration saw, n=%1").arg(calibration->statistics->used()));
    grid.addWide(m_reuse);
}

void CalibrateDialog::addVendorButton()
{
    auto *copy = new QPushButton(tr("Copy vendor command"), this);
    copy->setObjectName(QStringLiteral("copyVendor"));
    copy->setIcon(icon(Icon::Copy));
    copy->setAutoDefault(false);
    copy->setToolTip(tr("The command lines with which the vendor's converter and quantizer calibrate with these settings"));
    copy->setEnabled(m_workspace.document() != nullptr);
    findChild<QDialogButtonBox *>()->addButton(copy, QDialogButtonBox::ResetRole);
    connect(copy, &QPushButton::clicked, this, [this, copy] {
        QGuiApplication::clipboard()->setText(Calibrations::vendorCommand(request(), *m_workspace.document()));
        copy->setText(tr("Copied"));
    });
}

void CalibrateDialog::countExcluded()
{
    const auto document = m_workspace.document();
    const QString queries = m_exclude->text().trimmed();
    const auto count = document ? static_cast<qint64>(Calibrations::excludedBy(queries, document->graph()).size()) : 0;
    m_excluded->setText(queries.isEmpty() ? tr("every tensor gets an encoding")
                        : count == 0      ? tr("no tensor matches")
                                          : tr("%1 left out").arg(Counted::tensors(count)));
    m_excluded->setInk(!queries.isEmpty() && count == 0 ? CellInk::Warn : CellInk::Note);
}

void CalibrateDialog::check()
{
    for (const Side &side : {m_activations, m_weights})
        side.percentile->setEnabled(static_cast<RangeMethod>(side.method->currentData().toInt()) == RangeMethod::Percentile);
    const auto &calibration = m_workspace.calibration();
    // What was seen is of these samples and these bins, or it is of no use here.
    const bool reusable = calibration && calibration->statistics && calibration->inputs == m_samples->source() &&
                          calibration->statistics->histograms == static_cast<core::HistogramMode>(m_histogram->currentData().toInt()) &&
                          m_statistics->path().isEmpty();
    m_reuse->setEnabled(reusable);
    m_reuse->setToolTip(reusable ? tr("Files that changed since then are not read again")
                                 : tr("Other inputs, histograms or a statistics file need a run."));
    QString problem = m_samples->check();
    const QFileInfo statistics(m_statistics->path());
    const bool noFolder = !m_statistics->path().isEmpty() && (statistics.isDir() || !statistics.absoluteDir().exists());
    setInvalid(&m_statistics->edit(), noFolder);
    if (problem.isEmpty() && noFolder)
        problem = tr("The statistics file has no folder to be in.");
    showProblem(m_problem, problem);
    m_start->setEnabled(problem.isEmpty());
}

CalibrationRequest CalibrateDialog::request() const
{
    const auto range = [](const Side &side) {
        return core::RangeChoice{static_cast<RangeMethod>(side.method->currentData().toInt()), side.percentile->value()};
    };
    CalibrationRequest request;
    request.inputs = m_samples->source();
    request.actBits = m_activations.bits->currentData().toInt();
    request.weightBits = m_weights.bits->currentData().toInt();
    request.perChannel = m_perChannel->isChecked();
    request.actRange = range(m_activations);
    request.weightRange = range(m_weights);
    request.actSchema = static_cast<RangeSchema>(m_activations.schema->currentData().toInt());
    request.weightSchema = static_cast<RangeSchema>(m_weights.schema->currentData().toInt());
    request.histogram = static_cast<core::HistogramMode>(m_histogram->currentData().toInt());
    request.exclude = m_exclude->text().trimmed();
    request.keepPresent = m_keep->isChecked();
    request.reuse = m_reuse->isEnabled() && m_reuse->isChecked();
    request.statistics = m_statistics->path();
    return request;
}

EvaluateDialog::EvaluateDialog(const InputSource &inputs, const QString &labels, QWidget *parent) : QDialog(parent), m_problem(problemLabel(this))
{
    setWindowTitle(tr("Evaluate"));
    setObjectName(QStringLiteral("evaluateDialog"));
    auto *grid = new FieldGrid;
    m_samples = new SampleFields(inputs, *grid, this);
    m_metric = new MetricFields(MetricFields::Offers::OnlyCommand, labels, *grid, this);
    m_start = endDialog(this, grid, m_problem, tr("Evaluate"));
    connect(m_samples, &SampleFields::changed, this, &EvaluateDialog::check);
    connect(m_metric, &MetricFields::changed, this, &EvaluateDialog::check);
    check();
}

void EvaluateDialog::check()
{
    QString problem = m_samples->check();
    const QString metric = m_metric->check();
    if (problem.isEmpty())
        problem = metric;
    showProblem(m_problem, problem);
    m_start->setEnabled(problem.isEmpty());
}

EvaluationRequest EvaluateDialog::request() const
{
    const MetricRequest metric = m_metric->request();
    return {m_samples->source(), metric.labels, metric};
}

} // namespace nordlys::studio
