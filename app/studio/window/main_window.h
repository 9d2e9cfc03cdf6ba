// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "view_table.h"

#include <QMainWindow>
#include <QPointer>

class QLabel;
class QSplitter;
class QStackedWidget;

namespace nordlys::studio {

class CommandPalette;
class EncodingsView;
class ErrorBar;
class GraphView;
class ImprovePanel;
class Improver;
class JobStrip;
class Menus;
class OfferBar;
class RecoveryKeeper;
class StartView;
class TimelineView;
class TopBar;
class ViewBar;
class WindowLayout;
class SideStrip;

/// The window: bars, docks and views over one workspace.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    /// `remembers`: restores and stores layout and recent files; pictures for documents do neither.
    explicit MainWindow(bool remembers = true, QWidget *parent = nullptr);
    ~MainWindow() override;

    [[nodiscard]] Workspace &workspace() { return *m_workspace; }
    [[nodiscard]] ActionRegistry &actions() { return *m_actions; }
    [[nodiscard]] ProjectKeeper &keeper() { return *m_keeper; }
    [[nodiscard]] RecoveryKeeper &recovery() { return *m_recovery; }
    [[nodiscard]] Quantizer &quantizer() { return *m_quantizer; }
    [[nodiscard]] Runner &runner() { return *m_runner; }
    [[nodiscard]] Improver &improver() { return *m_improver; }
    [[nodiscard]] ImprovePanel &improvePanel() { return *m_improve; }
    [[nodiscard]] GraphView &graphView() { return *m_graph; }
    [[nodiscard]] EncodingsView &encodingsView() { return *m_encodings; }
    [[nodiscard]] TimelineView &timelineView() { return *m_timeline; }

    /// Opens a file; asks first when edits are not saved.
    void openPath(const QString &path);
    /// An id of viewIds(). False: there is no such view.
    bool showView(const QString &id);
    [[nodiscard]] WindowLayout &windowLayout() { return *m_layout; }
    [[nodiscard]] QString currentView() const { return m_view; }
    [[nodiscard]] static QStringList viewIds() { return studio::viewIds(); }
    /// The widget of a view; null: there is no such view.
    [[nodiscard]] QWidget *view(const QString &id) const;
    /// The view as what it is; null: it is another class. Call it as `viewAs<BuildView>("build")`.
    template <typename View>
    [[nodiscard]] View *viewAs(const char *id) const
    {
        return qobject_cast<View *>(view(QString::fromLatin1(id)));
    }
    /// True while a file opens or something computes.
    [[nodiscard]] bool isBusy() const;

protected:
    void closeEvent(QCloseEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragLeaveEvent(QDragLeaveEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void addActions();
    void addViewActions();
    void addHelpActions();
    void addImproveActions();
    void updateImproveActions();
    /// The views with the pane of the improvement tools below them.
    QWidget *withImprovePanel(QWidget *views, QWidget *parent);
    void showImprovePanel(bool shown);
    void openImproved(const QString &path, bool andCalibrate);
    void watch(JobBase &job);
    /// Calls a slot of the view that is shown, if it has it.
    bool callView(const char *slot);
    void buildBody();
    void buildDocks();
    void connectWorkspace();
    void connectKeepers();
    void updateActions();
    void updateTitle();
    void updateStatus();
    void updateDocks();
    void showAbout();
    void showShortcuts();
    void showPalette();
    void fillRecent();
    void rememberRecent();

    void askOpen(const QString &filter);
    /// Saves; `then` is called when the project is on disk.
    void saveProject(bool askName, std::function<void()> then = {});
    /// Calls `then` when nothing unsaved would be lost.
    void whenSaved(std::function<void()> then);
    void calibrate();
    void evaluate();
    void build();
    void restoreViewState();
    void collectViewState();
    void restoreLayout();
    void saveLayout();

    Workspace *m_workspace;
    ActionRegistry *m_actions;
    const std::vector<ViewSpec> m_views;
    std::vector<JobBase *> m_watched;
    ProjectKeeper *m_keeper;
    Quantizer *m_quantizer;
    Runner *m_runner;
    Improver *m_improver;
    ImprovePanel *m_improve = nullptr;
    QSplitter *m_improveSplit = nullptr;
    bool m_improveSized = false;
    TopBar *m_topBar = nullptr;
    ViewBar *m_viewBar = nullptr;
    ErrorBar *m_errors = nullptr;
    OfferBar *m_offers = nullptr;
    RecoveryKeeper *m_recovery = nullptr;
    JobStrip *m_jobs = nullptr;
    QStackedWidget *m_stack = nullptr; ///< start page first, then the views in the order of m_views
    StartView *m_start = nullptr;
    GraphView *m_graph = nullptr;
    EncodingsView *m_encodings = nullptr;
    TimelineView *m_timeline = nullptr;
    QDockWidget *m_leftDock = nullptr, *m_rightDock = nullptr, *m_bottomDock = nullptr;
    WindowLayout *m_layout = nullptr;
    SideStrip *m_strip = nullptr;
    Menus *m_menus = nullptr;
    CommandPalette *m_palette = nullptr; ///< made when it is first asked for
    QLabel *m_statusDevice = nullptr, *m_statusModel = nullptr, *m_statusCost = nullptr, *m_statusSaved = nullptr;
    QString m_view = QStringLiteral("start");
    QStringList m_back, m_forward;
    bool m_navigating = false, m_closing = false;
    const bool m_remembers;
};

} // namespace nordlys::studio
