// SPDX-License-Identifier: GPL-3.0-or-later
// Every item model of the studio under Qt's own tester, in the real window, while it is used. The list of models comes from the
// sources, so that a new one cannot be forgotten.
#include "window_fixture.h"

#include <studio/widgets/table_view.h>
#include <studio/window/shortcut_sheet.h>

#include <QAbstractItemModelTester>
#include <QAbstractProxyModel>
#include <QDirIterator>
#include <QFile>
#include <QHeaderView>
#include <QPointer>
#include <QRegularExpression>
#include <QSet>

namespace nordlys::studio::test {
namespace {

class ModelPromises : public WindowTest {
protected:
    /// Puts every model that exists now under a tester. A broken promise is a Qt warning, which fails the test.
    void attach()
    {
        QList<QAbstractItemModel *> models = window->findChildren<QAbstractItemModel *>();
        for (QWidget *top : QApplication::topLevelWidgets())
            models << top->findChildren<QAbstractItemModel *>();
        for (QAbstractItemModel *model : models) {
            bool isOurs = qobject_cast<QAbstractProxyModel *>(model) != nullptr;
            for (const QMetaObject *meta = model->metaObject(); meta; meta = meta->superClass()) {
                const QString name = QString::fromLatin1(meta->className());
                if (name.startsWith(QLatin1String("nordlys::"))) {
                    isOurs = true;
                    m_seen.insert(name.section(QLatin1String("::"), -1));
                }
            }
            if (isOurs && !model->findChild<QAbstractItemModelTester *>())
                new QAbstractItemModelTester(model, QAbstractItemModelTester::FailureReportingMode::Warning, model);
        }
    }
    void everyView()
    {
        for (const QString &view : MainWindow::viewIds()) {
            SCOPED_TRACE(view.toStdString());
            ASSERT_TRUE(window->showView(view));
            QCoreApplication::processEvents();
            attach();
        }
    }
    QSet<QString> m_seen;
};

TEST_F(ModelPromises, AreKeptByEveryModelInTheWindow)
{
    attach();
    openDigits();
    everyView();
    Workspace &workspace = window->workspace();
    CalibrationRequest calibration;
    calibration.inputs = workspace.calibrationInputs();
    calibration.inputs.limit = 8;
    window->quantizer().calibrate(calibration);
    ASSERT_TRUE(waitUntil([&] { return workspace.calibration() && !window->isBusy(); }));
    window->quantizer().evaluate({{workspace.evaluationInputs().spec, {}, 8}, workspace.labelsPath()});
    ASSERT_TRUE(waitUntil([&] { return workspace.evaluation() && !window->isBusy(); }));
    for (int i = 0; i < 2; ++i) {
        RunSettings settings;
        settings.iterations = 40;
        window->runner().run(settings);
        attach();
        ASSERT_TRUE(waitUntil([&] { return !window->isBusy(); }));
    }
    everyView();
    window->actions().action(QStringLiteral("view.palette"))->trigger();
    QCoreApplication::processEvents();
    attach();
    QTest::keyClicks(child<QLineEdit>("paletteField"), QStringLiteral("enc"));
    QTest::keyClick(child<QLineEdit>("paletteField"), Qt::Key_Escape);
    whenDialog<ShortcutSheet>([this](ShortcutSheet *sheet) {
        attach();
        QTest::keyClicks(sheet->findChild<QLineEdit *>(QStringLiteral("shortcutSearch")), QStringLiteral("zoom"));
        sheet->reject();
    });
    press(Qt::Key_F1);
    const std::string node(workspace.document()->graph().nameOf(core::NodeId(0)));
    ASSERT_TRUE(workspace.history().apply({core::SetBackend{node, core::Backend::Htp}}, QStringLiteral("backend")));
    workspace.history().stack().undo();
    // Sorting, filtering, a range of the run.
    for (QTableView *table : window->findChildren<QTableView *>()) {
        if (!table->isSortingEnabled())
            continue;
        for (int column = 0; column < table->model()->columnCount(); ++column)
            table->sortByColumn(column, column % 2 ? Qt::AscendingOrder : Qt::DescendingOrder);
    }
    for (const char *filter : {"conv", "op:Relu share>1%", "nothing is named like this", ""})
        workspace.setFilter(QString::fromLatin1(filter));
    const auto &starts = workspace.run()->profile.inferenceStartNs;
    workspace.setRange(TimeRange{starts[10], starts[20] - 1});
    workspace.setRange(std::nullopt);
    workspace.selectTensor(workspace.document()->findTensor("logits"));
    workspace.clearSelection();
    window->keeper().open(QString::fromStdString((nordlys::test::digitsPath() / "digits_unbalanced.onnx").string()));
    ASSERT_TRUE(waitUntil([&] { return workspace.runs().empty() && !window->isBusy(); }));
    workspace.closeDocument();

    // Every class in the sources was met.
    static const QRegularExpression declaration(QStringLiteral(
        "class\\s+(\\w+)\\s*(?:final\\s*)?:\\s*public\\s+(?:QAbstract\\w*Model|QAbstractProxyModel|QSortFilterProxyModel|"
        "QIdentityProxyModel|QStandardItemModel|QStringListModel|SortModel)\\b"));
    QDirIterator files(QStringLiteral(NORDLYS_SOURCE_DIR "/app/studio"), {QStringLiteral("*.h"), QStringLiteral("*.cpp")}, QDir::Files,
                       QDirIterator::Subdirectories);
    int classes = 0;
    while (files.hasNext()) {
        QFile file(files.next());
        ASSERT_TRUE(file.open(QIODevice::ReadOnly));
        auto matches = declaration.globalMatch(QString::fromUtf8(file.readAll()));
        while (matches.hasNext()) {
            const QString name = matches.next().captured(1);
            ++classes;
            EXPECT_TRUE(m_seen.contains(name)) << name.toStdString() << " in " << file.fileName().toStdString()
                                               << " was never in the window (or lacks Q_OBJECT)";
        }
    }
    EXPECT_GE(classes, 4);
}

} // namespace
} // namespace nordlys::studio::test
