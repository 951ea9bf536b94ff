# ns-3 as clock and as links, and the program that is linked with it: cmake -DNS3=ON, with Debian's
# libns3-dev (3.37). It is linked on the user's machine and not handed on: ns-3 is GPL-2.0-only.
enable_language(CXX)
find_path(NS3_INCLUDE ns3/point-to-point-net-device.h REQUIRED)
set(ns3_libraries "")
foreach(module IN ITEMS lte internet virtual-net-device wifi csma point-to-point bridge mobility propagation network core)
    find_library(NS3_${module} REQUIRED
        NAMES ns3-${module} ns3.37-${module} ns3.37-${module}-default ns3.37-${module}-optimized)
    list(APPEND ns3_libraries ${NS3_${module}})
endforeach()
execute_process(COMMAND ${PKG_CONFIG_EXECUTABLE} --modversion ns3-core
                OUTPUT_VARIABLE ns3_version OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
string(REGEX MATCH "3[.0-9]*" ns3_version "${ns3_version}")
if(NOT ns3_version)
    set(ns3_version 3)
endif()

file(GLOB shim CONFIGURE_DEPENDS sim/ns3/*.cc) # knows nothing of monami but its own plain headers
add_library(sim_ns3_shim STATIC ${shim})
target_include_directories(sim_ns3_shim PRIVATE ${PROJECT_SOURCE_DIR})
target_include_directories(sim_ns3_shim SYSTEM PRIVATE ${NS3_INCLUDE})
target_compile_features(sim_ns3_shim PRIVATE cxx_std_17)
target_compile_options(sim_ns3_shim PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    -Wno-missing-field-initializers)
if(WERROR)
    target_compile_options(sim_ns3_shim PRIVATE -Werror)
endif()
set_target_properties(sim_ns3_shim PROPERTIES CXX_EXTENSIONS OFF INTERPROCEDURAL_OPTIMIZATION OFF)
target_link_libraries(sim_ns3_shim PUBLIC ${ns3_libraries})

file(GLOB ns3_sources CONFIGURE_DEPENDS sim/ns3/*.c)
add_library(sim_ns3 STATIC ${ns3_sources})
target_compile_definitions(sim_ns3 PRIVATE NS3_VERSION="ns-${ns3_version}")
target_link_libraries(sim_ns3 PUBLIC sim_world sim_ns3_shim)

add_executable(monami-ns3 sim/app/main.c sim/app/ns3/program.c)
links_without_gsl(monami-ns3)
target_link_libraries(monami-ns3 PRIVATE sim_ns3)
set_target_properties(monami-ns3 PROPERTIES LINKER_LANGUAGE CXX)
install(TARGETS monami-ns3 RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/monami)

include(sim/ns3/helper/helper.cmake)
