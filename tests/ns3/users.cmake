# What programs of ns-3 users get: the parts that know nothing of ns-3 everywhere, the rest where ns-3 is.
set(user_folder ${CMAKE_CURRENT_SOURCE_DIR}/ns3)
if(TARGET ns3_helper_core)
    add_executable(ns3_test_user_parts ns3/test_user_parts.cc $<TARGET_OBJECTS:ns3_helper_core>)
    target_link_libraries(ns3_test_user_parts PRIVATE ns3_helper_core ${monami_lib} ${monami_links}
        PkgConfig::CRYPTO PkgConfig::YAML PkgConfig::SQLITE PkgConfig::EXPAT)
    add_dependencies(ns3_test_user_parts monami_lib)
    target_compile_options(ns3_test_user_parts PRIVATE -Wall -Wextra -Werror)
    set_target_properties(ns3_test_user_parts PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
    add_test(NAME ns3.user_parts COMMAND ns3_test_user_parts)
else()
    add_test(NAME ns3.user_parts COMMAND ${CMAKE_COMMAND} -E echo "SKIPPED: there is no C++ compiler")
    set_tests_properties(ns3.user_parts PROPERTIES SKIP_REGULAR_EXPRESSION "SKIPPED")
endif()
set_tests_properties(ns3.user_parts PROPERTIES LABELS ns3 TIMEOUT 120)

add_test(NAME ns3.user_example COMMAND ${user_folder}/user_example.sh ${CMAKE_COMMAND}
         ${PROJECT_BINARY_DIR} ${scratch} "${CMAKE_CXX_COMPILER}")
set_tests_properties(ns3.user_example PROPERTIES LABELS ns3 TIMEOUT 600 SKIP_RETURN_CODE 77)

# ---- benches beside ns-3: rates that decide no test
if(NS3 AND NOT SANITIZE)
    foreach(module IN ITEMS internet applications traffic-control stats)
        find_library(NS3_${module}
            NAMES ns3-${module} ns3.37-${module} ns3.37-${module}-default ns3.37-${module}-optimized)
        list(APPEND ns3_bench_libraries ${NS3_${module}})
    endforeach()
    foreach(bench IN ITEMS ns3_forward ns3_schedulers)
        add_executable(${bench} bench/${bench}.cc)
        target_include_directories(${bench} SYSTEM PRIVATE ${NS3_INCLUDE})
        target_compile_features(${bench} PRIVATE cxx_std_17)
        target_compile_options(${bench} PRIVATE -Wall -Wextra -O2)
        target_link_libraries(${bench} PRIVATE ${ns3_bench_libraries} ${ns3_libraries})
        set_target_properties(${bench} PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
    endforeach()
    add_test(NAME bench.ns3_schedulers COMMAND ns3_schedulers)
    set_tests_properties(bench.ns3_schedulers PROPERTIES LABELS bench TIMEOUT 600 RUN_SERIAL TRUE)
endif()
if(PYTHON)
    add_test(NAME bench.against_ns3 COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/bench/against_ns3.py
             ${PROJECT_BINARY_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/bench/bench_forward.yaml ${scratch} 3)
    set_tests_properties(bench.against_ns3 PROPERTIES LABELS bench TIMEOUT 900 RUN_SERIAL TRUE
                         SKIP_RETURN_CODE 77)
endif()
