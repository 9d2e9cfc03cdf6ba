// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QHBoxLayout;

namespace nordlys::studio {

class Chip;
class InkLabel;

/// 2 px line below a header: appears 150 ms after work began, shows its share or, unknown, a still dashed line.
class ProgressLine : public QWidget
{
    Q_OBJECT

public:
    explicit ProgressLine(QWidget* parent = nullptr);

    /// Starts or continues; `share` in [0, 1], negative: unknown.
    void setProgress(double share);
    void finish();
    [[nodiscard]] bool isRunning() const { return m_running; }
    [[nodiscard]] QSize sizeHint() const override { return {0, 2}; }

Q_SIGNALS:
    void shownChanged(bool shown);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QTimer m_delay;
    double m_share = -1.0;
    bool m_running = false;
    bool m_shown = false;
};

/// Header of a dock or pane: title in 600, note, widgets at the right, the progress line below; stale and partial states as chips.
/// Use it with QDockWidget::setTitleBarWidget or on top of a pane.
class DockHeader : public QWidget
{
    Q_OBJECT

public:
    explicit DockHeader(const QString& title = QString(), QWidget* parent = nullptr);

    void setTitle(const QString& title);
    /// Count and source at the right, in text3: "72 layers, run r14, n=400".
    void setNote(const QString& note);
    /// Adds a widget (tab bar, button in bar size) at the left after the title or at the right.
    void addLeft(QWidget* widget);
    void addRight(QWidget* widget);

    /// Work in this pane: `done` of `total` (0: unknown). After one second the count and the time left stand in the note's place.
    void setProgress(qint64 done, qint64 total);
    void finishProgress();

    /// Numbers older than the edits: chip with `text` ("of run r14, before 3 edits"); empty: fresh again.
    void setStale(const QString& text);
    /// Numbers of a part of the samples: dashed chip ("8 of 30 samples"); empty: complete.
    void setPartial(const QString& text);

    [[nodiscard]] ProgressLine* progressLine() const { return m_line; }
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void staleClicked();
    void partialClicked();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void showProgressText();

    QHBoxLayout* m_row;
    InkLabel* m_title;
    InkLabel* m_note;
    Chip* m_stale;
    Chip* m_partial;
    ProgressLine* m_line;
    QString m_noteText;
    QElapsedTimer m_since;
    qint64 m_done = 0;
    qint64 m_total = 0;
    int m_leftCount = 1;
};

} // namespace nordlys::studio
