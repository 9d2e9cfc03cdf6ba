// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/runner.h>

#include <QWidget>

#include <map>

class QComboBox;
class QLineEdit;
class QPushButton;

namespace nordlys::studio {

class InkLabel;

/// How Run runs: length, warm-up, threads, profiling, telemetry, where it is recorded. Each field is checked while one types;
/// what makes no sense is never stored.
class RunSettingsForm : public QWidget {
    Q_OBJECT

public:
    explicit RunSettingsForm(Runner &runner, QWidget *parent = nullptr);
    void refresh();

private:
    using Field = RunSettings::Field;
    QLineEdit *addField(Field field, const char *name, const QString &accessible);
    void check(Field field);
    void store();
    [[nodiscard]] bool byCount() const;

    Runner &m_runner;
    QComboBox *m_kind, *m_profiling;
    std::map<Field, QLineEdit *> m_fields;
    QLineEdit *m_length; ///< inferences or seconds
    QPushButton *m_choose;
    InkLabel *m_problem;
    bool m_filling = false;
};

} // namespace nordlys::studio
