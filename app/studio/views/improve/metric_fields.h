// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/path_field.h>
#include <studio/workspace/metric_request.h>

class QCheckBox;
class QComboBox;
class QLabel;
class QSpinBox;

namespace nordlys::studio {

class FieldGrid;

/// The fields that say what is measured: the metric, labels where it needs them, the user's command.
class MetricFields : public QObject {
    Q_OBJECT

public:
    enum class Offers {
        AnyMetric,   ///< a choice of metrics; labels and command follow it
        OnlyCommand, ///< labels for accuracy, and a command beside everything else; both may be empty
    };
    MetricFields(Offers offers, const QString &labels, FieldGrid &grid, QWidget *dialog);
    [[nodiscard]] MetricRequest request() const;
    /// What is missing; marks the field.
    QString check();

Q_SIGNALS:
    void changed();

private:
    void update();
    const Offers m_offers;
    QComboBox *m_metric = nullptr;
    PathField *m_labels;
    QLineEdit *m_command;
    QSpinBox *m_timeout;
    QCheckBox *m_lower = nullptr;
};

} // namespace nordlys::studio
