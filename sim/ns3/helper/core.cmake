# What of the helper for ns-3 programs knows nothing of ns-3: built and tested wherever there is a C++
# compiler.
include(CheckLanguage)
if(NOT CMAKE_CXX_COMPILER AND CMAKE_C_COMPILER_ID STREQUAL "Clang")
    find_program(CLANGXX NAMES clang++)
    if(CLANGXX) # the one that goes with it
        set(CMAKE_CXX_COMPILER ${CLANGXX})
    endif()
endif()
check_language(CXX)
if(CMAKE_CXX_COMPILER)
    enable_language(CXX)
    add_library(ns3_helper_core OBJECT sim/ns3/helper/tickets.cc sim/ns3/helper/wake.cc
        sim/ns3/helper/frame.cc sim/ns3/helper/bindings.cc sim/ns3/helper/carry.cc)
    target_include_directories(ns3_helper_core PUBLIC ${PROJECT_SOURCE_DIR})
    target_include_directories(ns3_helper_core SYSTEM PUBLIC ${PROJECT_SOURCE_DIR}/sim/lib)
    target_compile_features(ns3_helper_core PUBLIC cxx_std_17)
    target_compile_options(ns3_helper_core PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
        -Wsign-conversion -Wno-missing-field-initializers)
    if(WERROR)
        target_compile_options(ns3_helper_core PRIVATE -Werror)
    endif()
    if(SANITIZE)
        target_compile_options(ns3_helper_core PUBLIC -fsanitize=address,undefined
            -fno-sanitize-recover=all -fno-omit-frame-pointer)
    endif()
    set_target_properties(ns3_helper_core PROPERTIES CXX_EXTENSIONS OFF
        INTERPROCEDURAL_OPTIMIZATION OFF)
endif()
