// SPDX-License-Identifier: GPL-3.0-or-later
#include "view_table.h"

#include <studio/views/build/build_view.h>
#include <studio/views/compare/compare_view.h>
#include <studio/views/devices/devices_view.h>
#include <studio/views/encodings/encodings_view.h>
#include <studio/views/graph/graph_view.h>
#include <studio/views/layers/layers_panel.h>
#include <studio/views/placement/placement_view.h>
#include <studio/views/timeline/timeline_view.h>

#include <QCoreApplication>

namespace nordlys::studio {
namespace {

template <typename View>
QWidget *simple(const ViewContext &context, QWidget *parent)
{
    return new View(context.workspace, parent);
}

template <typename View>
QWidget *acting(const ViewContext &context, QWidget *parent)
{
    return new View(context.workspace, context.actions, parent);
}

QWidget *layers(const ViewContext &context, QWidget *parent) { return new LayersPanel(context.workspace, context.actions, nullptr, parent); }

template <typename View>
QWidget *running(const ViewContext &context, QWidget *parent)
{
    return new View(context.workspace, context.actions, context.runner, parent);
}

QWidget *placement(const ViewContext &context, QWidget *parent)
{
    context.watchJob(context.workspace.placement().job());
    return new PlacementView(context.workspace, context.actions, parent);
}

/// Names the texts for translators.
struct ViewTable {
    Q_DECLARE_TR_FUNCTIONS(ViewTable)
};

} // namespace

std::vector<ViewSpec> viewTable()
{
    const auto digit = [](int number) { return QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_0 + number)); };
    using Needs = ViewNeeds;
    // clang-format off
    return {
        {QStringLiteral("graph"), ViewTable::tr("Graph"), Icon::Graph, digit(1), Needs::ModelOrRun, {true, true, true}, simple<GraphView>},
        {QStringLiteral("encodings"), ViewTable::tr("Encodings"), Icon::Encodings, digit(2), Needs::ModelOrRun, {}, acting<EncodingsView>},
        {QStringLiteral("placement"), ViewTable::tr("Placement"), Icon::Placement, digit(3), Needs::Model, {}, placement},
        {QStringLiteral("timeline"), ViewTable::tr("Timeline"), Icon::Timeline, digit(4), Needs::ModelOrRun, {}, acting<TimelineView>},
        {QStringLiteral("layers"), ViewTable::tr("Layers"), Icon::Layers, digit(5), Needs::ModelOrRun, {false, true, false}, layers},
        {QStringLiteral("compare"), ViewTable::tr("Compare"), Icon::Compare, digit(6), Needs::ModelOrRun, {}, acting<CompareView>},
        {QStringLiteral("build"), ViewTable::tr("Build"), Icon::Build, digit(7), Needs::Model, {}, running<BuildView>},
        {QStringLiteral("devices"), ViewTable::tr("Devices"), Icon::Device, digit(8), Needs::Nothing, {}, running<DevicesView>},
    };
    // clang-format on
}

QStringList viewIds()
{
    QStringList ids;
    for (const ViewSpec &view : viewTable())
        ids << view.id;
    return ids << QStringLiteral("start");
}

} // namespace nordlys::studio
