// SPDX-License-Identifier: GPL-3.0-or-later
#include "metric_fields.h"

#include "field_grid.h"

#include <studio/look/studio_style.h>

#include <QCheckBox>
#include <QComboBox>
#include <QFileInfo>
#include <QLineEdit>
#include <QSpinBox>

namespace nordlys::studio {

using runtime::MetricKind;

MetricFields::MetricFields(Offers offers, const QString &labels, FieldGrid &grid, QWidget *dialog)
    : QObject(dialog), m_offers(offers), m_labels(new PathField(PathField::Kind::Csv, tr("Labels"), dialog)), m_command(new QLineEdit(dialog)),
      m_timeout(new QSpinBox(dialog))
{
    if (offers == Offers::AnyMetric) {
        m_metric = new QComboBox(dialog);
        m_metric->setObjectName(QStringLiteral("metric"));
        m_metric->addItem(tr("SQNR at the worst output"), static_cast<int>(MetricKind::Sqnr));
        m_metric->addItem(tr("Agreement with the float model, top-1"), static_cast<int>(MetricKind::Agreement));
        m_metric->addItem(tr("Accuracy by labels, top-1"), static_cast<int>(MetricKind::Accuracy));
        m_metric->addItem(tr("Command of your own"), static_cast<int>(MetricKind::Command));
        grid.addField(tr("Metric"), m_metric);
        connect(m_metric, &QComboBox::currentIndexChanged, this, &MetricFields::update);
    }
    m_labels->setPath(labels);
    m_labels->edit().setObjectName(QStringLiteral("labels"));
    m_labels->edit().setPlaceholderText(offers == Offers::AnyMetric ? tr("none") : tr("none: errors without accuracy"));
    grid.addField(tr("Labels"), m_labels);
    m_command->setObjectName(QStringLiteral("command"));
    m_command->setPlaceholderText(tr("none; it gets a folder of .npy outputs and prints one number"));
    grid.addField(offers == Offers::AnyMetric ? tr("Command") : tr("Metric command"), m_command);
    m_timeout->setRange(1, 86400);
    m_timeout->setValue(MetricRequest().timeoutSeconds);
    m_timeout->setSuffix(tr(" s"));
    grid.addField(tr("Ended after"), m_timeout);
    if (offers == Offers::AnyMetric) {
        m_lower = new QCheckBox(tr("Its number is an error: lower is better"), dialog);
        grid.addWide(m_lower);
    }
    connect(&m_labels->edit(), &QLineEdit::textChanged, this, &MetricFields::update);
    connect(m_command, &QLineEdit::textChanged, this, &MetricFields::update);
    update();
}

MetricRequest MetricFields::request() const
{
    MetricRequest request;
    request.kind = m_metric                       ? static_cast<MetricKind>(m_metric->currentData().toInt())
                   : m_command->text().trimmed().isEmpty() ? MetricKind::Sqnr
                                                           : MetricKind::Command;
    request.labels = m_labels->path();
    request.command = m_command->text().trimmed();
    request.timeoutSeconds = m_timeout->value();
    request.lowerIsBetter = m_lower && m_lower->isChecked();
    return request;
}

QString MetricFields::check()
{
    const MetricRequest chosen = request();
    const bool needsLabels = chosen.kind == MetricKind::Accuracy, needsCommand = m_metric && chosen.kind == MetricKind::Command;
    const bool labelsMissing = m_labels->isEnabled() && !chosen.labels.isEmpty() && !QFileInfo::exists(chosen.labels);
    setInvalid(&m_labels->edit(), labelsMissing);
    if (labelsMissing)
        return tr("There is no such labels file.");
    if (needsLabels && chosen.labels.isEmpty())
        return tr("Accuracy needs labels: a CSV with the columns file and class_index.");
    if (needsCommand && chosen.command.isEmpty())
        return tr("Write the command that measures the outputs.");
    return {};
}

void MetricFields::update()
{
    const MetricKind kind = request().kind;
    const bool any = m_offers == Offers::AnyMetric;
    m_labels->setEnabled(!any || kind == MetricKind::Accuracy || kind == MetricKind::Command);
    m_command->setEnabled(!any || kind == MetricKind::Command);
    m_timeout->setEnabled(kind == MetricKind::Command);
    if (m_lower)
        m_lower->setEnabled(kind == MetricKind::Command);
    Q_EMIT changed();
}

} // namespace nordlys::studio
