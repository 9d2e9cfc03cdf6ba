// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/ink_label.h>

#include <QWidget>

class QProgressBar;
class QPushButton;

namespace nordlys::studio {

/// Foot of the export dialog: why it cannot start, how far it is, why it failed, or what was written and what can be done with
/// it.
class ExportStatus : public QWidget {
    Q_OBJECT

public:
    explicit ExportStatus(QWidget *parent = nullptr);
    void clear();
    void showNote(const QString &text);
    void showProblem(const QString &text);
    /// `total` 0: it is not known how much there is to do.
    void showProgress(const QString &stage, int done, int total);
    /// With buttons that open the file and its folder.
    void showWritten(const QString &path);
    [[nodiscard]] QString text() const { return m_text->text(); }
    [[nodiscard]] bool isProblem() const { return m_kind == Kind::Problem; }

protected:
    void changeEvent(QEvent *event) override;

private:
    enum class Kind { None, Note, Problem, Progress, Written };
    void present(Kind kind, const QString &text);
    void drawIcon();
    void open(const QString &path, const QString &otherwise);

    Kind m_kind = Kind::None;
    QString m_path;
    QLabel *m_icon;
    InkLabel *m_text;
    QProgressBar *m_progress;
    QPushButton *m_open, *m_showFolder;
};

} // namespace nordlys::studio
