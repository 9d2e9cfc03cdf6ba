// SPDX-License-Identifier: Apache-2.0
#include "input_files.h"

#include <core/tensor/convert.h>

#include <algorithm>

namespace nordlys::cli {

namespace {

core::Expected<core::HostTensor> readInput(const std::filesystem::path &path, core::DType wanted)
{
    auto tensor = core::readNpy(path);
    if (!tensor)
        return std::move(tensor.error());
    if (wanted == core::DType::Float32 && tensor->dtype() != core::DType::Float32 && core::isFloat(tensor->dtype())) {
        tensor = core::toFloat32(*tensor);
        if (!tensor)
            return std::move(tensor.error());
    }
    if (core::containsNaN(*tensor))
        return core::badInput(path.string(), "it holds NaN", "Give numbers.");
    if (tensor->dtype() != wanted)
        return core::badInput(path.string(),
                              "its type is " + std::string(core::nameOf(tensor->dtype())) + ", the model wants " +
                                  std::string(core::nameOf(wanted)),
                              "Convert the file.");
    return tensor;
}

/// Splits NAME=FILE by the model's names, because names may hold '='.
std::pair<std::string, std::string> splitInput(const std::string &argument, const core::Graph &graph)
{
    std::string_view best;
    for (const core::TensorId id : graph.inputs) {
        const std::string_view name = graph.nameOf(id);
        if (name.size() >= best.size() && argument.size() > name.size() && argument.starts_with(name) &&
            argument[name.size()] == '=')
            best = name;
    }
    if (!best.empty())
        return {std::string(best), argument.substr(best.size() + 1)};
    const auto equals = argument.find('=');
    if (equals == std::string::npos && graph.inputs.size() == 1)
        return {std::string(graph.nameOf(graph.inputs.front())), argument};
    return {argument.substr(0, equals), equals == std::string::npos ? std::string() : argument.substr(equals + 1)};
}

std::string inputNames(const core::Graph &graph)
{
    std::string names;
    for (const core::TensorId id : graph.inputs)
        names += (names.empty() ? "'" : ", '") + std::string(graph.nameOf(id)) + "'";
    return names;
}

} // namespace

void addInputArgument(CLI::App &command, std::vector<std::string> &inputs, const std::string &help)
{
    command.add_option("--input", inputs, help)->type_name("NAME=FILE.npy")->expected(1)->take_all();
}

core::Expected<InputFiles> readInputFiles(const std::vector<std::string> &arguments, const core::Graph &graph)
{
    InputFiles files;
    for (const std::string &argument : arguments) {
        const auto [name, path] = splitInput(argument, graph);
        const auto input =
            std::find_if(graph.inputs.begin(), graph.inputs.end(), [&](core::TensorId id) { return graph.nameOf(id) == name; });
        if (path.empty())
            return core::usageError("--input " + argument, "not of the form NAME=FILE.npy",
                                    "The inputs are " + inputNames(graph) + ".");
        if (input == graph.inputs.end())
            return core::usageError("--input " + argument, "the model has no input '" + name + "'",
                                    "The inputs are " + inputNames(graph) + ".");
        if (files.tensors.contains(name))
            return core::usageError("--input " + argument, "input '" + name + "' is given twice", "Give each input once.");
        auto tensor = readInput(path, graph.tensor(*input).dtype);
        if (!tensor)
            return std::move(tensor.error());
        files.tensors.emplace(name, std::move(*tensor));
        files.paths.emplace(name, path);
    }
    for (const core::TensorId id : graph.inputs)
        if (!files.tensors.contains(std::string(graph.nameOf(id))))
            return core::usageError("--input", "nothing feeds input '" + std::string(graph.nameOf(id)) + "'",
                                    "Give --input " + std::string(graph.nameOf(id)) + "=FILE.npy.");
    return files;
}

core::Expected<FedModel> openFed(const ModelArguments &arguments, const std::vector<std::string> &inputs, const Context &context)
{
    auto free = openSource(arguments, context, FreeDims::StayFree);
    if (!free)
        return std::move(free.error());
    const core::Graph &graph = free->model->graph;
    auto files = readInputFiles(inputs, graph);
    if (!files)
        return std::move(files.error());
    std::map<std::string, core::Dims> shapes;
    bool isFixed = true;
    for (const core::TensorId id : graph.inputs) {
        const std::string name(graph.nameOf(id));
        const auto &shape = graph.tensor(id).shape;
        const core::Dims &dims = files->tensors.at(name).dims();
        bool fits = true;
        if (shape) {
            fits = shape->size() == dims.size();
            for (std::size_t i = 0; fits && i < dims.size(); ++i)
                fits = !(*shape)[i].isKnown() || (*shape)[i].value == dims[i];
        }
        if (!fits)
            return core::badInput(files->paths.at(name).string(),
                                  "its shape is " + core::shapeText(dims) + ", input '" + name + "' wants " +
                                      core::shapeText(*shape, graph.names),
                                  "Give an array of that shape.");
        isFixed = isFixed && shape && core::knownDims(*shape).has_value();
        shapes[name] = dims;
    }
    FedModel fed;
    if (isFixed) {
        fed.source = std::move(*free);
    } else {
        auto source = openSource(arguments, context, FreeDims::BecomeOne, shapes);
        if (!source)
            return std::move(source.error());
        fed.source = std::move(*source);
    }
    const core::Graph &final = fed.source.model->graph;
    for (const core::TensorId id : final.inputs)
        fed.inputs.push_back(std::move(files->tensors.at(std::string(final.nameOf(id)))));
    return fed;
}

} // namespace nordlys::cli
