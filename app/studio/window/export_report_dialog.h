// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/report_export.h>

#include <QDialog>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLineEdit;
class QPushButton;

namespace nordlys::studio {

class ExportStatus;
class InkLabel;

/// Asks what a report holds and where it goes, and writes it with progress. It stays open afterwards: to open the file or its
/// folder, to write another, or to mend what went wrong.
class ExportReportDialog : public QDialog {
    Q_OBJECT

public:
    explicit ExportReportDialog(Workspace &workspace, QWidget *parent = nullptr);
    ~ExportReportDialog() override;
    /// The file that was written last; empty: none.
    [[nodiscard]] QString writtenPath() const { return m_written; }

public Q_SLOTS:
    void reject() override; ///< while it writes: stops that; else closes

private:
    enum class State { Asking, Writing, Written };
    QFormLayout *newForm();
    void fillRuns();
    void offerParts();
    void check();
    void setState(State state);
    void startWriting();
    void choosePath();
    void followFormat();
    [[nodiscard]] QString suggestedPath(const QString &ending) const;
    [[nodiscard]] const RunRecord *runOf(const QComboBox &box) const;

    Workspace &m_workspace;
    ReportExporter m_exporter;
    std::vector<std::shared_ptr<RunRecord>> m_choices; // entry i + 1 of both run boxes
    State m_state = State::Asking;
    QLineEdit *m_path, *m_title;
    QComboBox *m_format, *m_run, *m_baseline;
    struct Part {
        QCheckBox *box;
        InkLabel *whyNot;
        bool wanted = true; // as the user left it; the box itself is off where there is nothing to include
    };
    Part m_graph, m_encodings, m_accuracy;
    ExportStatus *m_status;
    QPushButton *m_write, *m_cancel, *m_choose;
    QString m_written;
};

} // namespace nordlys::studio
